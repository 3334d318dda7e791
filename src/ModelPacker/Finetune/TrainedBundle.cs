using EdgeRuntime.Bundles;
using ModelPacker.Emit;
using ModelPacker.Gradients;

namespace ModelPacker.Finetune;

/// <summary>Writes trained parameters back: int8 weights, int32 biases and multipliers of the steps and of every point's own constants. Maps, tables and what else the
/// steps hold stay as they are.</summary>
internal sealed class TrainedBundle
{
    private readonly GradientNetwork _network;
    private readonly Bundle _source;
    private readonly BlobStore _blobs = new();
    private readonly List<StepConstants>[] _constants;

    private TrainedBundle(GradientNetwork network)
    {
        _network = network;
        _source = network.Bundle;
        _constants = [.. _source.Points.Select(_ => new List<StepConstants>())];
    }

    /// <summary>The bundle, without golden hashes.</summary>
    /// <param name="network">Holds the parameters. The weights lie within 127 of their units; what does not is clamped.</param>
    /// <param name="extras">Sections for tools.</param>
    public static Bundle Build(GradientNetwork network, IReadOnlyList<BundleExtra> extras)
    {
        TrainedBundle made = new(network);
        Step[] steps = [.. network.Bundle.Steps.Select((s, i) => made.Rewrite(s, i))];
        return Copy(network.Bundle, steps, made._blobs.Blobs, made._blobs, p => [.. made._constants[p]], extras);
    }

    /// <summary>The bundle as it was, with points that can be given other figures.</summary>
    public static Bundle Unchanged(Bundle source, IReadOnlyList<BundleExtra> extras)
        => Copy(source, source.Steps, source.Blobs, source.Weights, p => source.Points[p].Constants, extras);

    private static Bundle Copy(Bundle source, Step[] steps, Blob[] blobs, IWeightSource weights, Func<int, StepConstants[]> constants, IReadOnlyList<BundleExtra> extras) => new()
    {
        Name = source.Name,
        Producer = source.Producer,
        Maps = source.Maps,
        Steps = steps,
        Tables = source.Tables,
        Blobs = blobs,
        Weights = weights,
        Points = [.. source.Points.Select((p, i) => new OperatingPoint
        {
            Name = p.Name,
            Rows = p.Rows,
            Input = p.Input,
            Tables = p.Tables,
            Constants = constants(i),
            Figures = new(p.Figures, StringComparer.Ordinal),
        })],
        Inputs = source.Inputs,
        Outputs = source.Outputs,
        InputSpec = source.InputSpec,
        Extras = extras,
    };

    private Step Rewrite(Step step, int index)
    {
        switch (step)
        {
            case ConvolutionStep s:
                (int weights, int bias, int scales) = Constants(index);
                return s with { Weights = weights, Bias = bias, Scales = scales };
            case DepthwiseStep s:
                (weights, bias, scales) = Constants(index);
                return s with { Weights = weights, Bias = bias, Scales = scales };
            case ResampleStep s:
                return s with { Weights = Carry(s.Weights) };
            case UnaryStep s:
                return s with { Slopes = Carry(s.Slopes) };
            case LookupStep s:
                return s with { Table = Carry(s.Table) };
            case ConstantStep s:
                return s with { Values = Carry(s.Values) };
            default:
                return step;
        }
    }

    private int Carry(int blob) => blob < 0 ? blob : _source.Blobs[blob].Type switch
    {
        ElementType.S8 => _blobs.Add(BundleConstants.Read<sbyte>(_source, blob)),
        ElementType.S32 => _blobs.Add(BundleConstants.Read<int>(_source, blob)),
        _ => _blobs.Add(BundleConstants.Read<float>(_source, blob)),
    };

    private (int Weights, int Bias, int Scales) Constants(int step)
    {
        StepParameters p = _network.StepParameters[step];
        sbyte[]? whole = p.Weights.Units is { } units ? Quantize(p, units) : null;
        long[] sums = new long[p.Outputs];
        for (int n = 0; n < p.Outputs && whole is not null; n++)
        {
            for (int k = 0; k < p.Depth; k++)
            {
                sums[n] += whole[p.IndexOf(n, k)];
            }
        }

        for (int point = 0; point < _source.Points.Length; point++)
        {
            if (p.Scale(point) is { } scale && p.Shift(point) is { } shift && (Array.Exists(_source.Points[point].Constants, c => c.Step == step)
                || Array.Exists(scale.Values, s => s != 1) || Array.Exists(shift.Values, s => s != 0)))
            {
                int at = point;
                (int ownBias, int ownScales) = PerChannel(step, p, sums, n => scale.Values[n], n => p.FoldedBias(n, at));
                _constants[point].Add(new StepConstants(step, ownBias, ownScales));
            }
        }

        (int bias, int scales) = PerChannel(step, p, sums, _ => 1, p.FoldedBias);
        return (whole is null ? _blobs.Add(p.FoldedWeights()) : _blobs.Add(whole), bias, scales);
    }

    private static sbyte[] Quantize(StepParameters p, float[] units)
    {
        sbyte[] whole = new sbyte[p.Weights.Values.Length];
        for (int n = 0; n < p.Outputs; n++)
        {
            for (int k = 0; k < p.Depth; k++)
            {
                long i = p.IndexOf(n, k);
                whole[i] = (sbyte)Math.Clamp(MathF.Round(p.Weights.Values[i] / units[n]), -127, 127);
            }
        }

        return whole;
    }

    // int8: the bias in units of the accumulator, −zero point · Σ weights folded in, and the multipliers from there to the output. fp32: the bias as it is.
    private (int Bias, int Scales) PerChannel(int step, StepParameters p, long[] sums, Func<int, float> scaleOf, Func<int, float> biasOf)
    {
        if (p.Weights.Units is not { } units)
        {
            return (_blobs.Add([.. Enumerable.Range(0, p.Outputs).Select(biasOf)]), -1);
        }

        Map from = _source.Maps[_source.Steps[step].Inputs[0]];
        Map to = _source.Maps[_source.Steps[step].Output];
        int[] bias = new int[p.Outputs];
        float[] scales = new float[p.Outputs];
        for (int n = 0; n < p.Outputs; n++)
        {
            double unit = (double)units[n] * p.Fold(n) * from.Scale * scaleOf(n);
            double value = Math.Round(biasOf(n) / unit, MidpointRounding.ToEven) - ((double)from.ZeroPoint * sums[n]);
            bias[n] = (int)Math.Clamp(value, int.MinValue, int.MaxValue);
            scales[n] = (float)(unit / (to.Type == ElementType.S8 ? to.Scale : 1));
        }

        return (_blobs.Add(bias), _blobs.Add(scales));
    }
}
