using System.Runtime.InteropServices;
using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels.Elementwise;
using ModelPacker.Emit;

namespace ModelPacker.Correct;

/// <summary>A bundle rewritten so that what every convolution and depthwise layer computes, before rounding and activation, is a fp32 map of its own.
/// It answers what the original answers up to rounding in fp32.</summary>
public sealed class ExposedBundle
{
    private readonly Bundle _source;
    private readonly OperatingPoint _point;
    private readonly BlobStore _more = new();
    private readonly ExtendedWeights _weights;
    private readonly int _firstNewBlob;
    private readonly List<Map> _maps;
    private readonly List<int> _rows;
    private readonly List<Step> _steps = [];
    private readonly List<int[]> _tables = [];
    private readonly Dictionary<int, int> _floats = [];

    private ExposedBundle(Bundle source, int point)
    {
        _source = source;
        _point = source.Points[point];
        _weights = new ExtendedWeights(source.Weights, _more);
        _firstNewBlob = source.Blobs.Length;
        _maps = [.. source.Maps];
        _rows = [.. _point.Rows];
        for (int i = 0; i < source.Steps.Length; i++)
        {
            Add(source.Steps[i], _point.Tables[i]);
        }

        Bundle = new Bundle
        {
            Name = source.Name,
            Producer = source.Producer,
            Maps = [.. _maps],
            Steps = [.. _steps],
            Tables = source.Tables,
            Blobs = _weights.Blobs(source.Blobs),
            Weights = _weights,
            Points = [new OperatingPoint { Name = _point.Name, Rows = [.. _rows], Tables = [.. _tables], Input = _point.Input }],
            Inputs = source.Inputs,
            Outputs = source.Outputs,
            InputSpec = source.InputSpec,
        };
    }

    /// <summary>The rewritten bundle with one operating point.</summary>
    public Bundle Bundle { get; }

    /// <summary>For every layer, by the map that it writes in the original: the step of <see cref="Bundle"/> that computes it and the fp32 map of its accumulators.</summary>
    public Dictionary<int, (int Step, int Map)> Layers { get; } = [];

    /// <summary>Rewrites one operating point of a bundle. The bundle's constants stay in use.</summary>
    public static ExposedBundle Of(Bundle bundle, int point) => new(bundle, point);

    private void Add(Step step, int[] tables)
    {
        switch (step)
        {
            case ConvolutionStep s:
                int exposed = Expose(s.Output);
                Emit(s with { Output = exposed, Scales = RealScales(s.Scales, s.Output), Minimum = float.NegativeInfinity, Maximum = float.PositiveInfinity }, tables);
                Finish(s.Name, exposed, s.Output, s.Minimum, s.Maximum);
                break;
            case DepthwiseStep s:
                exposed = Expose(s.Output);
                Emit(_source.Maps[s.Inputs[0]].Type == ElementType.F32
                    ? s with { Output = exposed, Minimum = float.NegativeInfinity, Maximum = float.PositiveInfinity }
                    : InFloat(s, exposed), tables);
                Finish(s.Name, exposed, s.Output, s.Minimum, s.Maximum);
                break;
            default:
                Emit(step, tables);
                break;
        }
    }

    private void Emit(Step step, int[] tables)
    {
        _steps.Add(step);
        _tables.Add(tables);
    }

    private int Expose(int output)
    {
        int map = AddMap(_source.Maps[output].Name + "/accumulators", _source.Maps[output].Channels, _rows[output]);
        Layers.Add(output, (_steps.Count, map));
        return map;
    }

    private int AddMap(string name, int channels, int rows)
    {
        _maps.Add(new Map(name, channels, ElementType.F32));
        _rows.Add(rows);
        return _maps.Count - 1;
    }

    // The multipliers to quantised units, times what a unit stands for.
    private int RealScales(int scales, int output)
    {
        Map to = _source.Maps[output];
        return scales < 0 || to.Type == ElementType.F32 ? scales : NewBlob(Array.ConvertAll(Read<float>(scales), s => s * to.Scale));
    }

    private int NewBlob(float[] values) => _firstNewBlob + _more.Add(values);

    // Products of bytes are exact in fp32, so the same weights on converted rows give the accumulators.
    private DepthwiseStep InFloat(DepthwiseStep s, int exposed)
    {
        int input = s.Inputs[0];
        Map from = _source.Maps[input];
        Map to = _source.Maps[s.Output];
        if (!_floats.TryGetValue(input, out int converted))
        {
            converted = AddMap(from.Name + "/exposed", from.Channels, _rows[input]);
            Emit(new ConvertStep(from.Name + "/exposed", [input], converted), [-1]);
            _floats.Add(input, converted);
            Layers[s.Output] = (_steps.Count, exposed);
        }

        sbyte[] weights = Read<sbyte>(s.Weights);
        int[] bias = Read<int>(s.Bias);
        float[] scales = Read<float>(s.Scales);
        int channels = to.Channels;
        double[] units = Array.ConvertAll(scales, v => (double)v * to.Scale);
        long[] sums = new long[channels];
        float[] real = new float[weights.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            sums[i % channels] += weights[i];
            real[i] = (float)(weights[i] * units[i % channels] / from.Scale);
        }

        float[] shift = new float[channels];
        for (int n = 0; n < channels; n++)
        {
            shift[n] = (float)((bias[n] + ((double)from.ZeroPoint * sums[n])) * units[n]);
        }

        return s with
        {
            Inputs = [converted],
            Output = exposed,
            Weights = NewBlob(real),
            Bias = NewBlob(shift),
            Scales = -1,
            Minimum = float.NegativeInfinity,
            Maximum = float.PositiveInfinity,
        };
    }

    // The activation, in real units, and the rounding.
    private void Finish(string name, int exposed, int output, float minimum, float maximum)
    {
        Map to = _source.Maps[output];
        if (to.Type == ElementType.F32)
        {
            Emit(new UnaryStep(name + "/activation", [exposed], output, UnaryFunction.Clip, minimum, maximum, -1), [-1]);
            return;
        }

        int source = exposed;
        if (minimum > -128 || maximum < 127)
        {
            source = AddMap(to.Name + "/clamped", to.Channels, _rows[output]);
            Emit(new UnaryStep(name + "/activation", [exposed], source, UnaryFunction.Clip, (minimum - to.ZeroPoint) * to.Scale, (maximum - to.ZeroPoint) * to.Scale, -1), [-1]);
        }

        Emit(new ConvertStep(name + "/rounding", [source], output), [-1]);
    }

    private T[] Read<T>(int blob)
        where T : unmanaged
    {
        T[] values = new T[_source.Blobs[blob].Count];
        _source.Weights.Read(_source.Blobs[blob].Offset, MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
