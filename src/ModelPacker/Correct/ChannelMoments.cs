namespace ModelPacker.Correct;

/// <summary>First and second moments of a layer's accumulators per channel, in the fp32 network (x) and in the one to be corrected (y), over the same sites.</summary>
internal sealed class ChannelMoments(int channels)
{
    private const double LargestScale = 4;

    private readonly double[] _x = new double[channels];
    private readonly double[] _y = new double[channels];
    private readonly double[] _xx = new double[channels];
    private readonly double[] _yy = new double[channels];
    private long _count;

    /// <summary>Measures one picture.</summary>
    /// <param name="exact">Dense rows of the fp32 network, [rows, channels].</param>
    /// <param name="other">Rows of the other, [rows, channels].</param>
    /// <param name="channels">Channels.</param>
    /// <param name="rows">Dense row of each row of the other; null: the same.</param>
    public static ChannelMoments Of(ReadOnlySpan<float> exact, ReadOnlySpan<float> other, int channels, int[]? rows)
    {
        ChannelMoments moments = new(channels) { _count = other.Length / channels };
        for (int row = 0; row < moments._count; row++)
        {
            ReadOnlySpan<float> x = exact.Slice((rows?[row] ?? row) * channels, channels);
            ReadOnlySpan<float> y = other.Slice(row * channels, channels);
            for (int c = 0; c < channels; c++)
            {
                moments._x[c] += x[c];
                moments._y[c] += y[c];
                moments._xx[c] += (double)x[c] * x[c];
                moments._yy[c] += (double)y[c] * y[c];
            }
        }

        return moments;
    }

    /// <summary>All pictures together.</summary>
    public static ChannelMoments Sum(ChannelMoments[] parts)
    {
        ChannelMoments sum = new(parts[0]._x.Length);
        foreach (ChannelMoments part in parts)
        {
            sum._count += part._count;
            for (int c = 0; c < sum._x.Length; c++)
            {
                sum._x[c] += part._x[c];
                sum._y[c] += part._y[c];
                sum._xx[c] += part._xx[c];
                sum._yy[c] += part._yy[c];
            }
        }

        return sum;
    }

    /// <summary>What gives y the mean of x, and its deviation if wanted.</summary>
    public ChannelCorrection Correction(bool deviation)
    {
        float[] scale = new float[_x.Length];
        float[] shift = new float[_x.Length];
        for (int c = 0; c < scale.Length; c++)
        {
            double x = _x[c] / _count;
            double y = _y[c] / _count;
            double ratio = Math.Sqrt(Math.Max(0, (_xx[c] / _count) - (x * x)) / Math.Max(1e-30, (_yy[c] / _count) - (y * y)));
            scale[c] = !deviation || !double.IsFinite(ratio) ? 1 : (float)Math.Clamp(ratio, 1 / LargestScale, LargestScale);
            shift[c] = (float)(x - (scale[c] * y));
        }

        return new ChannelCorrection(scale, shift);
    }
}
