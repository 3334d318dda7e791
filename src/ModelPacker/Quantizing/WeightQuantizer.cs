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
    public static Result Quantize(float[] weights, int channels, Func<int, int> channelOf, float[]? prescribed)
    {
        float[] scales = new float[channels];
        if (prescribed is not null)
        {
            for (int n = 0; n < channels; n++)
            {
                scales[n] = prescribed[prescribed.Length == 1 ? 0 : n];
            }
        }
        else
        {
            for (int i = 0; i < weights.Length; i++)
            {
                int n = channelOf(i);
                scales[n] = Math.Max(scales[n], Math.Abs(weights[i]));
            }

            for (int n = 0; n < channels; n++)
            {
                scales[n] = scales[n] > 1e-20f ? scales[n] / 127 : 1;
            }
        }

        sbyte[] values = new sbyte[weights.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            values[i] = (sbyte)Math.Clamp(MathF.Round(weights[i] / scales[channelOf(i)], MidpointRounding.ToEven), -127, 127);
        }

        return new Result(values, scales);
    }
}
