namespace ModelPacker.Quantizing;

/// <summary>Per-output-channel symmetric int8 weights.</summary>
internal static class WeightQuantizer
{
    /// <summary>Quantised weights and their scales.</summary>
    /// <param name="Values">int8 in [-127, 127], in the order of the source.</param>
    /// <param name="Scales">One per output channel.</param>
    public sealed record Result(sbyte[] Values, float[] Scales);

    /// <summary>Quantises weights.</summary>
    /// <param name="weights">Weights.</param>
    /// <param name="channels">Output channels.</param>
    /// <param name="channelOf">Output channel of an element.</param>
    /// <param name="prescribed">Scales that the model itself prescribes (one per channel, or one for all), or null.</param>
    /// <param name="spread">Variance of what an element multiplies; it weighs errors that the bias cannot make good.</param>
    public static Result Quantize(float[] weights, int channels, Func<int, int> channelOf, float[]? prescribed, Func<int, double> spread)
    {
        float[] largest = new float[channels];
        for (int i = 0; i < weights.Length; i++)
        {
            int n = channelOf(i);
            largest[n] = Math.Max(largest[n], Math.Abs(weights[i]));
        }

        float[] scales = Array.ConvertAll(largest, m => m > 1e-20f ? m / 127 : 1);
        if (prescribed is not null)
        {
            AdoptScales(weights, channelOf, prescribed, largest, scales, spread);
        }

        sbyte[] values = new sbyte[weights.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            values[i] = (sbyte)Math.Clamp(MathF.Round(weights[i] / scales[channelOf(i)], MidpointRounding.ToEven), -127, 127);
        }

        return new Result(values, scales);
    }

    // Prescribed scales make the weights exact. Where weights with a zero point reach past ±127, clipping them or a wider scale: what errs less.
    private static void AdoptScales(float[] weights, Func<int, int> channelOf, float[] prescribed, float[] largest, float[] scales, Func<int, double> spread)
    {
        double[] clipping = new double[scales.Length];
        double[] rounding = new double[scales.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            int n = channelOf(i);
            double limit = 127.0 * prescribed[prescribed.Length == 1 ? 0 : n];
            double wide = Math.Round(weights[i] / scales[n]) * scales[n];
            clipping[n] += Math.Pow(Math.Max(0, Math.Abs(weights[i]) - limit), 2) * spread(i);
            rounding[n] += Math.Pow(weights[i] - wide, 2) * spread(i);
        }

        for (int n = 0; n < scales.Length; n++)
        {
            float own = prescribed[prescribed.Length == 1 ? 0 : n];
            bool exact = largest[n] <= 127.5f * own;
            scales[n] = exact || clipping[n] <= rounding[n] ? own : scales[n];
        }
    }
}
