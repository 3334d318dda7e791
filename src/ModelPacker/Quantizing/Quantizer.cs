using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels.Elementwise;
using EdgeRuntime.Maps;
using ModelPacker.Calibrate;
using ModelPacker.Correct;
using ModelPacker.Emit;
using ModelPacker.Graphs;
using ModelPacker.Import;
using ModelPacker.Lower;

namespace ModelPacker.Quantizing;

/// <summary>Turns a lowered fp32 network and its statistics into an int8 bundle. Maps keep their numbers; maps needed only for conversion are added behind.</summary>
public sealed class Quantizer
{
    private readonly LoweredModel _model;
    private readonly MapStatistics[] _statistics;
    private readonly QuantizeOptions _options;
    private readonly bool[] _int8;
    private readonly bool[] _realOutput;
    private readonly Quantization[] _quantization;
    private readonly IReadOnlyDictionary<int, ChannelCorrection>? _corrections;
    private readonly InputMoments? _moments;
    private readonly List<Map> _maps = [];
    private readonly List<int> _rows = [];
    private readonly Dictionary<(int Map, ElementType Type, Quantization? Target), int> _converted = [];
    private readonly BundleBuilder _builder = new();

    private Quantizer(LoweredModel model, MapStatistics[] statistics, QuantizeOptions options, IReadOnlyDictionary<int, ChannelCorrection>? corrections, InputMoments? moments)
    {
        _corrections = corrections;
        _moments = moments;
        _model = model;
        _statistics = statistics;
        _options = options;
        _int8 = PrecisionPlanner.Plan(model, options.KeepFloat);
        _realOutput = PrecisionPlanner.RealOutputs(model, _int8);
        _quantization = RangeGroups.Choose(model, _int8, statistics, options.Method ?? CalibrationMethod.Mse, options.RangeFactors);
    }

    /// <summary>Quantises.</summary>
    /// <param name="model">The lowered network.</param>
    /// <param name="statistics">Of every map.</param>
    /// <param name="options">Choices.</param>
    /// <param name="inputSpec">Input specification, or empty.</param>
    /// <param name="corrections">Of layers, by the map that they write; or null.</param>
    /// <param name="moments">Of their inputs, for rounding weights together; or null: each weight is rounded for itself.</param>
    /// <exception cref="ModelException">A layer named by <see cref="QuantizeOptions.KeepFloat"/> does not exist.</exception>
    internal static Bundle Quantize(LoweredModel model, MapStatistics[] statistics, QuantizeOptions options, byte[] inputSpec,
        IReadOnlyDictionary<int, ChannelCorrection>? corrections = null, InputMoments? moments = null)
    {
        string[] unknown = [.. options.KeepFloat.Where(n => !model.Steps.Exists(s => s.Step.Name == n))];
        if (unknown.Length > 0)
        {
            throw new ModelException($"No layer is named {string.Join(", ", unknown.Select(n => $"'{n}'"))}. The layers are: "
                + $"{string.Join(", ", model.Steps.Select(s => s.Step.Name).Distinct())}.");
        }

        return new Quantizer(model, statistics, options, corrections, moments).Emit(inputSpec);
    }

    private Bundle Emit(byte[] inputSpec)
    {
        ElementType[] types = new ElementType[_model.Maps.Count];
        Array.Fill(types, ElementType.F32);
        for (int i = 0; i < _model.Steps.Count; i++)
        {
            Step step = _model.Steps[i].Step;
            types[step.Output] = (_int8[i] && !_realOutput[i]) || _model.Maps[step.Output].Integer ? ElementType.S8 : ElementType.F32;
            foreach (int input in step.Inputs.Where(m => _model.Inputs.Exists(p => p.Map == m)))
            {
                types[input] = _int8[i] || _model.Maps[input].Integer ? ElementType.S8 : types[input];
            }
        }

        for (int i = 0; i < types.Length; i++)
        {
            LoweredMap map = _model.Maps[i];
            _maps.Add(types[i] == ElementType.S8
                ? new Map(map.Name, map.Channels, ElementType.S8, _quantization[i].Scale, _quantization[i].ZeroPoint)
                : new Map(map.Name, map.Channels, ElementType.F32));
            _rows.Add(map.Rows);
        }

        for (int i = 0; i < _model.Steps.Count; i++)
        {
            EmitStep(_model.Steps[i], _int8[i], _realOutput[i]);
        }

        return _builder.Build(_model, [.. _maps], [.. _rows], inputSpec);
    }

    private void EmitStep(LoweredStep lowered, bool int8, bool realOutput)
    {
        Step step = lowered.Step;
        if (step is ConvertStep convert)
        {
            EmitConvert(convert);
            return;
        }

        ElementType type = int8 ? ElementType.S8 : ElementType.F32;
        Quantization output = _quantization[step.Output];
        bool moves = RangeGroups.MovesOnly(step);
        step = step with { Inputs = Array.ConvertAll(step.Inputs, m => InType(m, type, int8 && moves ? output : null)) };
        lowered = lowered with { Step = step };
        if (!int8)
        {
            _builder.Add(FloatEmitter.Emit(lowered, _builder.Blobs), lowered.Tables);
            return;
        }

        Quantization input = step.Inputs.Length == 0 ? output : new Quantization(_maps[step.Inputs[0]].Scale, _maps[step.Inputs[0]].ZeroPoint);
        Step emitted = step switch
        {
            ConvolutionStep s => EmitConvolution(lowered, s, input, realOutput ? null : output),
            DepthwiseStep s => EmitDepthwise(lowered, s, input, output),
            ResampleStep s => s with { Weights = _builder.Blobs.Add(lowered.Weights!) },
            GatherStep s => s with { Fill = LookupTables.Quantize(s.Fill, output) },
            BinaryStep s => s with { Minimum = Level(s.Minimum, output), Maximum = Level(s.Maximum, output) },
            UnaryStep s => new LookupStep(s.Name, s.Inputs, s.Output, _builder.Blobs.Add(Lut(s, lowered.Weights, input, output))),
            ConstantStep s => s with { Values = _builder.Blobs.Add(Array.ConvertAll(lowered.Weights!, v => LookupTables.Quantize(v, output))) },
            _ => step,
        };
        _builder.Add(emitted, lowered.Tables);
    }

    private static sbyte[] Lut(UnaryStep s, float[]? slopes, Quantization input, Quantization output)
        => slopes is null
            ? LookupTables.Of(s.Function, s.Alpha, s.Beta, input, output)
            : [.. slopes.SelectMany(slope => LookupTables.Of(s.Function, slope, s.Beta, input, output))];

    private ConvolutionStep EmitConvolution(LoweredStep lowered, ConvolutionStep s, Quantization input, Quantization? output)
    {
        int channels = _maps[s.Output].Channels;
        int depth = lowered.Weights!.Length / channels;
        int perGroup = depth / s.Taps;
        MapStatistics seen = StatisticsOfInput(lowered.Step);
        double[] means = seen.ChannelMeans;
        double[] variances = seen.ChannelVariances;
        int outputsPerGroup = channels / s.Groups;
        int InputOf(int i) => (i / depth / outputsPerGroup * perGroup) + (i % perGroup);
        WeightQuantizer.Result w = _moments?.Rounded(lowered) ?? WeightQuantizer.Quantize(lowered.Weights, channels, i => i / depth, lowered.WeightScales, i => variances[InputOf(i)]);

        (int bias, int scales) = Constants(lowered, w, channels, i => i / depth, i => means[InputOf(i)], input, output?.Scale ?? 1);
        return s with
        {
            Weights = _builder.Blobs.Add(w.Values),
            Bias = bias,
            Scales = scales,
            Minimum = output is null ? s.Minimum : Level(s.Minimum, output),
            Maximum = output is null ? s.Maximum : Level(s.Maximum, output),
        };
    }

    private MapStatistics StatisticsOfInput(Step step) => _statistics[_source.GetValueOrDefault(step.Inputs[0], step.Inputs[0])];

    private DepthwiseStep EmitDepthwise(LoweredStep lowered, DepthwiseStep s, Quantization input, Quantization output)
    {
        int channels = _maps[s.Output].Channels;
        MapStatistics seen = StatisticsOfInput(lowered.Step);
        double[] means = seen.ChannelMeans;
        double[] variances = seen.ChannelVariances;
        WeightQuantizer.Result w = WeightQuantizer.Quantize(lowered.Weights!, channels, i => i % channels, lowered.WeightScales, i => variances[i % channels]);
        (int bias, int scales) = Constants(lowered, w, channels, i => i % channels, i => means[i % channels], input, output.Scale);
        return s with
        {
            Weights = _builder.Blobs.Add(w.Values),
            Bias = bias,
            Scales = scales,
            Minimum = Level(s.Minimum, output),
            Maximum = Level(s.Maximum, output),
        };
    }

    // Bias in units of input scale × weight scale with −zp·Σw folded in, and the multipliers to the output scale (1: to real numbers).
    private (int Bias, int Scales) Constants(LoweredStep lowered, WeightQuantizer.Result w, int channels, Func<int, int> channelOf,
        Func<int, double> inputMean, Quantization input, float outputScale)
    {
        long[] sums = new long[channels];
        double[] correction = new double[channels];
        bool correct = _options.BiasCorrection;
        for (int i = 0; i < w.Values.Length; i++)
        {
            int n = channelOf(i);
            sums[n] += w.Values[i];
            correction[n] += correct ? (lowered.Weights![i] - ((double)w.Values[i] * w.Scales[n])) * inputMean(i) : 0;
        }

        int[] bias = new int[channels];
        float[] scales = new float[channels];
        ChannelCorrection? fitted = _corrections?.GetValueOrDefault(lowered.Step.Output);
        for (int n = 0; n < channels; n++)
        {
            double unit = (double)input.Scale * w.Scales[n];
            double stretch = fitted?.Scale[n] ?? 1;
            double shift = (fitted?.Shift[n] ?? 0) / stretch;
            double value = Math.Round((lowered.Bias![n] + correction[n] + shift) / unit, MidpointRounding.ToEven) - ((double)input.ZeroPoint * sums[n]);
            bias[n] = (int)Math.Clamp(value, int.MinValue, int.MaxValue);
            scales[n] = (float)(unit * stretch / outputScale);
        }

        return (_builder.Blobs.Add(bias), _builder.Blobs.Add(scales));
    }

    private readonly Dictionary<int, int> _source = [];

    // The map in the wanted type (and quantisation, if one is demanded), converted once however many steps want it.
    private int InType(int map, ElementType type, Quantization? target)
    {
        Map info = _maps[map];
        Quantization own = new(info.Scale, info.ZeroPoint);
        bool fits = info.Type == type && (target is null || type == ElementType.F32 || own == target);
        if (fits)
        {
            return map;
        }

        Quantization? wanted = type == ElementType.S8 ? target ?? _quantization[map] : null;
        if (_converted.TryGetValue((map, type, wanted), out int known))
        {
            return known;
        }

        Map converted = type == ElementType.S8
            ? new Map(info.Name + "/int8", info.Channels, ElementType.S8, wanted!.Scale, wanted.ZeroPoint)
            : new Map(info.Name + "/float", info.Channels, ElementType.F32);
        _maps.Add(converted);
        _rows.Add(_rows[map]);
        int number = _maps.Count - 1;
        _source[number] = map;
        Step step = info.Type == type
            ? new LookupStep(info.Name + "/requantize", [map], number, _builder.Blobs.Add(LookupTables.Requantize(own, wanted!)))
            : new ConvertStep(converted.Name, [map], number);
        _builder.Add(step, [null]);
        _converted.Add((map, type, wanted), number);
        return number;
    }

    // A quantised input or output of the model itself: a change of type or of scale, whatever its neighbours have become.
    private void EmitConvert(ConvertStep convert)
    {
        Map from = _maps[convert.Inputs[0]];
        Map to = _maps[convert.Output];
        Quantization a = new(from.Scale, from.ZeroPoint);
        Quantization b = new(to.Scale, to.ZeroPoint);
        _builder.Add((from.Type, to.Type) switch
        {
            (ElementType.S8, ElementType.S8) => new LookupStep(convert.Name, convert.Inputs, convert.Output, _builder.Blobs.Add(LookupTables.Requantize(a, b))),
            (ElementType.F32, ElementType.F32) => new UnaryStep(convert.Name, convert.Inputs, convert.Output, UnaryFunction.Linear, 1, 0, -1),
            _ => convert,
        }, [null]);
    }

    private static float Level(float bound, Quantization q)
        => float.IsInfinity(bound) ? (bound < 0 ? -128 : 127) : LookupTables.Quantize(bound, q);
}
