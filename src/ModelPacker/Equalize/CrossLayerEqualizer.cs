using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels.Elementwise;
using ModelPacker.Calibrate;
using ModelPacker.Lower;

namespace ModelPacker.Equalize;

/// <summary>Moves scale between neighbouring layers so that the channels of the map between them use similar ranges of the one int8 scale they share
/// (Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction", ICCV 2019). The fp32 network computes the same.</summary>
/// <remarks>
/// Between two layers only functions with f(s·x) = s·f(x), s > 0, may lie: ReLU, leaky ReLU, pooling. Channel c of the first layer is divided by s_c and
/// the second layer's weights for it are multiplied. Where the second layer is depthwise, its own per-channel weight scales absorb everything and
/// s_c = r_c (the channel's range); else its weights share scales across input channels and s_c = √(r_c / w_c) divides the burden.
/// </remarks>
public static class CrossLayerEqualizer
{
    private const float SmallestRange = 1e-6f;

    /// <summary>The equalised network, or null if there is no pair of layers to equalise.</summary>
    /// <param name="model">A lowered network.</param>
    /// <param name="statistics">Of every map.</param>
    public static LoweredModel? Equalize(LoweredModel model, MapStatistics[] statistics)
    {
        LoweredModel result = new()
        {
            Name = model.Name,
            Maps = [.. model.Maps],
            Steps = [.. model.Steps],
            Inputs = [.. model.Inputs],
            Outputs = [.. model.Outputs],
        };
        bool any = false;
        for (int i = 0; i < result.Steps.Count; i++)
        {
            if (IsScalable(result.Steps[i]) && FindPartner(result, i) is int partner)
            {
                any |= EqualizePair(result, i, partner, statistics);
            }
        }

        return any ? result : null;
    }

    private static bool IsScalable(LoweredStep lowered)
    {
        (float low, float high) = lowered.Step switch
        {
            ConvolutionStep s => (s.Minimum, s.Maximum),
            DepthwiseStep s => (s.Minimum, s.Maximum),
            _ => (1, 1),
        };

        // A finite bound other than 0 does not scale with the channel.
        return lowered.WeightScales is null && low is 0 or float.NegativeInfinity && high == float.PositiveInfinity;
    }

    // Follows the only reader of each map through functions that scale, to the next layer with weights.
    private static int? FindPartner(LoweredModel model, int index)
    {
        int map = model.Steps[index].Step.Output;
        while (true)
        {
            bool named = model.Outputs.Exists(p => p.Map == map) || model.Maps[map].Prescribed is not null || model.Maps[map].Integer;
            int[] readers = [.. Enumerable.Range(0, model.Steps.Count).Where(i => model.Steps[i].Step.Inputs.Contains(map))];
            if (named || readers.Length != 1)
            {
                return null;
            }

            LoweredStep reader = model.Steps[readers[0]];
            switch (reader.Step)
            {
                case ConvolutionStep or DepthwiseStep when reader.WeightScales is null:
                    return readers[0];
                case PoolStep or UnaryStep { Function: UnaryFunction.Relu or UnaryFunction.LeakyRelu }:
                    map = reader.Step.Output;
                    break;
                default:
                    return null;
            }
        }
    }

    private static bool EqualizePair(LoweredModel model, int first, int second, MapStatistics[] statistics)
    {
        LoweredStep from = model.Steps[first];
        LoweredStep to = model.Steps[second];
        int channels = model.Maps[from.Step.Output].Channels;

        // The range that int8 has to hold is that of the widest map on the way.
        float[] ranges = new float[channels];
        for (int map = from.Step.Output; ;)
        {
            float[] seen = statistics[map].ChannelMagnitudes;
            for (int c = 0; c < channels; c++)
            {
                ranges[c] = Math.Max(ranges[c], seen[c]);
            }

            if (map == to.Step.Inputs[0])
            {
                break;
            }

            map = model.Steps.Find(s => s.Step.Inputs.Contains(map))!.Step.Output;
        }

        float[] weights = InputMagnitudes(to, channels);
        float[] factors = new float[channels];
        float largest = ranges.Max();
        for (int c = 0; c < channels; c++)
        {
            bool dead = ranges[c] < largest * SmallestRange || weights[c] == 0;
            factors[c] = dead ? 0 : to.Step is DepthwiseStep ? ranges[c] : MathF.Sqrt(ranges[c] / weights[c]);
        }

        // Only ratios matter: keep the typical channel as it is, and leave dead channels alone.
        float[] alive = [.. factors.Where(f => f > 0)];
        if (alive.Length == 0)
        {
            return false;
        }

        float typical = (float)Math.Exp(alive.Average(f => Math.Log(f)));
        factors = Array.ConvertAll(factors, f => f > 0 ? Math.Clamp(f / typical, 1e-4f, 1e4f) : 1);
        model.Steps[first] = DivideOutputs(from, factors);
        model.Steps[second] = MultiplyInputs(to, factors);
        return true;
    }

    private static int InputChannel(LoweredStep lowered, int element, int channels)
    {
        if (lowered.Step is not ConvolutionStep s)
        {
            return element % channels;
        }

        int perGroup = channels / s.Groups;
        int outputs = lowered.Bias!.Length;
        int n = element / (lowered.Weights!.Length / outputs);
        return (n / (outputs / s.Groups) * perGroup) + (element % perGroup);
    }

    private static float[] InputMagnitudes(LoweredStep lowered, int channels)
    {
        float[] magnitudes = new float[channels];
        for (int i = 0; i < lowered.Weights!.Length; i++)
        {
            ref float magnitude = ref magnitudes[InputChannel(lowered, i, channels)];
            magnitude = Math.Max(magnitude, Math.Abs(lowered.Weights[i]));
        }

        return magnitudes;
    }

    private static LoweredStep DivideOutputs(LoweredStep lowered, float[] factors)
    {
        int depth = lowered.Weights!.Length / factors.Length;
        bool depthwise = lowered.Step is DepthwiseStep;
        float[] weights = new float[lowered.Weights.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = lowered.Weights[i] / factors[depthwise ? i % factors.Length : i / depth];
        }

        return lowered with { Weights = weights, Bias = [.. lowered.Bias!.Select((b, n) => b / factors[n])] };
    }

    private static LoweredStep MultiplyInputs(LoweredStep lowered, float[] factors)
    {
        float[] weights = new float[lowered.Weights!.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] = lowered.Weights[i] * factors[InputChannel(lowered, i, factors.Length)];
        }

        return lowered with { Weights = weights };
    }
}
