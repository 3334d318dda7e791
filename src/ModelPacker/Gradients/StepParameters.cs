using System.Numerics.Tensors;
using EdgeRuntime.Bundles;

namespace ModelPacker.Gradients;

/// <summary>The parameters of one convolution or depthwise step: int8 constants as the real numbers that they stand for, zero-point correction taken out.</summary>
internal sealed class StepParameters
{
    private readonly Parameter?[] _scales;
    private readonly Parameter?[] _shifts;

    /// <summary>Reads the constants of a step.</summary>
    /// <param name="bundle">The bundle.</param>
    /// <param name="index">Index of the step.</param>
    /// <param name="ownConstants">Whether every point but the first gets scale and shift.</param>
    /// <param name="normalized">Whether the step is normalised.</param>
    public StepParameters(Bundle bundle, int index, bool ownConstants, bool normalized)
    {
        Step step = bundle.Steps[index];
        (int weights, int bias, int scales) = step switch
        {
            ConvolutionStep s => (s.Weights, s.Bias, s.Scales),
            DepthwiseStep s => (s.Weights, s.Bias, s.Scales),
            _ => throw new ArgumentException($"Step '{step.Name}' has no weights.", nameof(index)),
        };
        Map from = bundle.Maps[step.Inputs[0]];
        Map to = bundle.Maps[step.Output];
        Outputs = to.Channels;
        Depthwise = step is DepthwiseStep;
        Taps = step is ConvolutionStep c ? c.Taps : ((DepthwiseStep)step).Taps;
        Groups = step is ConvolutionStep g ? g.Groups : 1;
        Depth = step is ConvolutionStep ? Taps * (from.Channels / Groups) : Taps;
        float[] real;
        float[] realBias;
        float[]? units = null;
        double[] accumulatorUnits = [];
        long[] sums = [];
        if (from.Type == ElementType.S8)
        {
            sbyte[] whole = BundleConstants.Read<sbyte>(bundle, weights);
            accumulatorUnits = AccumulatorUnits(bundle, scales, to);
            units = Array.ConvertAll(accumulatorUnits, u => (float)(u / from.Scale));
            sums = new long[Outputs];
            real = new float[whole.Length];
            for (int i = 0; i < whole.Length; i++)
            {
                int channel = ChannelOf(i);
                sums[channel] += whole[i];
                real[i] = whole[i] * units[channel];
            }

            realBias = RealBias(bundle, bias, accumulatorUnits, sums, from.ZeroPoint);
        }
        else
        {
            real = BundleConstants.Read<float>(bundle, weights);
            realBias = BundleConstants.Read<float>(bundle, bias);
        }

        Weights = new Parameter(step.Name, index, ParameterKind.Weights, -1, real) { Units = units };
        Bias = new Parameter(step.Name, index, ParameterKind.Bias, -1, realBias);
        if (normalized)
        {
            float[] ones = new float[Outputs];
            Array.Fill(ones, 1);
            Gain = new Parameter(step.Name, index, ParameterKind.Gain, -1, [.. ones]);
            RunningMean = new Parameter(step.Name, index, ParameterKind.RunningMean, -1, new float[Outputs]);
            RunningDeviation = new Parameter(step.Name, index, ParameterKind.RunningDeviation, -1, ones);
        }

        _scales = new Parameter?[bundle.Points.Length];
        _shifts = new Parameter?[bundle.Points.Length];
        for (int p = 0; p < bundle.Points.Length; p++)
        {
            StepConstants? own = Array.Find(bundle.Points[p].Constants, k => k.Step == index);
            if (own is null && !(ownConstants && p > 0))
            {
                continue;
            }

            float[] scale = new float[Outputs];
            float[] shift = new float[Outputs];
            Array.Fill(scale, 1);
            if (own is not null)
            {
                double[]? pointUnits = from.Type == ElementType.S8 ? AccumulatorUnits(bundle, own.Scales, to) : null;
                float[] pointBias = pointUnits is null ? BundleConstants.Read<float>(bundle, own.Bias) : RealBias(bundle, own.Bias, pointUnits, sums, from.ZeroPoint);
                for (int n = 0; n < Outputs; n++)
                {
                    scale[n] = pointUnits is null ? 1 : (float)(pointUnits[n] / accumulatorUnits[n]);
                    shift[n] = pointBias[n] - (scale[n] * realBias[n]);
                }
            }

            _scales[p] = new Parameter(step.Name, index, ParameterKind.ChannelScale, p, scale);
            _shifts[p] = new Parameter(step.Name, index, ParameterKind.ChannelShift, p, shift);
        }
    }

    /// <summary>Output channels N.</summary>
    public int Outputs { get; }

    /// <summary>Whether the step is depthwise.</summary>
    public bool Depthwise { get; }

    /// <summary>Taps.</summary>
    public int Taps { get; }

    /// <summary>Groups.</summary>
    public int Groups { get; }

    /// <summary>Products that one output sums.</summary>
    public int Depth { get; }

    /// <summary>Weights.</summary>
    public Parameter Weights { get; }

    /// <summary>Bias.</summary>
    public Parameter Bias { get; }

    /// <summary>What is multiplied by behind the normalisation, or null: the step is not normalised.</summary>
    public Parameter? Gain { get; }

    /// <summary>What is subtracted in the network that will run, or null.</summary>
    public Parameter? RunningMean { get; }

    /// <summary>What is divided by then.</summary>
    public Parameter? RunningDeviation { get; }

    /// <summary>All parameters.</summary>
    public IEnumerable<Parameter> All => [Weights, Bias, .. new[] { Gain, RunningMean, RunningDeviation }.Concat(_scales).Concat(_shifts).OfType<Parameter>()];

    /// <summary>Factors of a point, or null: 1.</summary>
    public Parameter? Scale(int point) => _scales[point];

    /// <summary>Summands of a point, or null: 0.</summary>
    public Parameter? Shift(int point) => _shifts[point];

    /// <summary>Index of weight <paramref name="k"/> of output <paramref name="n"/> in the bundle's layout.</summary>
    public long IndexOf(int n, int k) => Depthwise ? ((long)k * Outputs) + n : ((long)n * Depth) + k;

    /// <summary>The weights that one output channel multiplies with at a point: rounded if wanted, times its scale.</summary>
    /// <param name="n">Output channel.</param>
    /// <param name="point">Operating point.</param>
    /// <param name="round">Round to int8 units.</param>
    /// <param name="values">Takes <see cref="Depth"/> weights.</param>
    public void EffectiveWeights(int n, int point, bool round, Span<float> values)
    {
        float scale = Scale(point)?.Values[n] ?? 1;
        float unit = round && Weights.Units is { } units ? units[n] : 0;
        if (!Depthwise)
        {
            ReadOnlySpan<float> row = Weights.Values.AsSpan(n * Depth, Depth);
            if (unit != 0)
            {
                TensorPrimitives.Divide(row, unit, values);
                TensorPrimitives.Round(values, values);
                TensorPrimitives.Clamp(values, -127, 127, values);
                TensorPrimitives.Multiply(values, unit, values);
                row = values;
            }

            TensorPrimitives.Multiply(row, scale, values);
            return;
        }

        for (int k = 0; k < values.Length; k++)
        {
            values[k] = scale * Round(Weights.Values[IndexOf(n, k)], unit);
        }
    }

    /// <summary>Weight <paramref name="k"/> of output channel <paramref name="n"/>, rounded to the units of an int8 step if wanted.</summary>
    public float Rounded(int n, int k, bool round)
    {
        float w = Weights.Values[IndexOf(n, k)];
        return round && Weights.Units is { } units ? Round(w, units[n]) : w;
    }

    /// <summary>The weights that the network will run with: mean and deviation folded in.</summary>
    public float[] FoldedWeights()
    {
        float[] folded = [.. Weights.Values];
        for (int i = 0; i < folded.Length && Gain is not null; i++)
        {
            folded[i] *= Fold(ChannelOf(i));
        }

        return folded;
    }

    /// <summary>The bias that goes with <see cref="FoldedWeights"/>.</summary>
    public float FoldedBias(int n) => Bias.Values[n] - (RunningMean is null ? 0 : RunningMean.Values[n] * Fold(n));

    /// <summary>What one output channel adds at a point with <see cref="FoldedWeights"/>.</summary>
    public float FoldedBias(int n, int point) => ((Scale(point)?.Values[n] ?? 1) * FoldedBias(n)) + (Shift(point)?.Values[n] ?? 0);

    /// <summary>What the weights of an output channel are multiplied by where normalisation is folded in.</summary>
    public float Fold(int n) => Gain is null ? 1 : Gain.Values[n] / RunningDeviation!.Values[n];

    /// <summary>Normalises from now on, and answers as before: takes the deviation that was measured of what the step answers as factor, and adds the mean to the bias.</summary>
    public void KeepAnswers()
    {
        RunningDeviation!.Values.CopyTo(Gain!.Values, 0);
        TensorPrimitives.Add(Bias.Values, RunningMean!.Values, Bias.Values);
    }

    /// <summary>What one output channel adds at a point.</summary>
    public float EffectiveBias(int n, int point) => ((Scale(point)?.Values[n] ?? 1) * Bias.Values[n]) + (Shift(point)?.Values[n] ?? 0);

    private static float Round(float weight, float unit) => unit == 0 ? weight : Math.Clamp(MathF.Round(weight / unit), -127, 127) * unit;

    private int ChannelOf(int weight) => Depthwise ? weight % Outputs : weight / Depth;

    private static double[] AccumulatorUnits(Bundle bundle, int scales, Map to)
        => Array.ConvertAll(BundleConstants.Read<float>(bundle, scales), s => (double)s * (to.Type == ElementType.S8 ? to.Scale : 1));

    // The int32 bias holds −zero point · Σ weights, which real inputs do not need.
    private static float[] RealBias(Bundle bundle, int blob, double[] units, long[] sums, int zeroPoint)
    {
        int[] whole = BundleConstants.Read<int>(bundle, blob);
        float[] real = new float[whole.Length];
        for (int n = 0; n < real.Length; n++)
        {
            real[n] = (float)((whole[n] + ((double)zeroPoint * sums[n])) * units[n]);
        }

        return real;
    }
}
