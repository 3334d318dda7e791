using System.Runtime.Intrinsics;

namespace ModelPacker.Correct;

/// <summary>First and second moments of a layer's accumulators per channel, in the fp32 network (x) and in the one to be corrected (y), over the same sites.</summary>
internal sealed class ChannelMoments(int channels)
{
    private const double LargestScale = 4;
    private const int RowsPerBlock = 256;

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
        float[] sums = new float[4 * channels];
        for (int row = 0; row < moments._count; row++)
        {
            Add(exact.Slice((rows?[row] ?? row) * channels, channels), other.Slice(row * channels, channels), sums);

            // float sums stay exact enough over this many rows; beyond they go to double.
            if (row % RowsPerBlock == RowsPerBlock - 1)
            {
                moments.Flush(sums);
            }
        }

        moments.Flush(sums);
        return moments;
    }

    private static void Add(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> sums)
    {
        int channels = x.Length;
        Span<float> sx = sums[..channels];
        Span<float> sy = sums.Slice(channels, channels);
        Span<float> sxx = sums.Slice(2 * channels, channels);
        Span<float> syy = sums.Slice(3 * channels, channels);
        int c = 0;
        for (; c + Vector256<float>.Count <= channels; c += Vector256<float>.Count)
        {
            Vector256<float> a = Vector256.Create(x[c..]);
            Vector256<float> b = Vector256.Create(y[c..]);
            (Vector256.Create(sx[c..]) + a).CopyTo(sx[c..]);
            (Vector256.Create(sy[c..]) + b).CopyTo(sy[c..]);
            (Vector256.Create(sxx[c..]) + (a * a)).CopyTo(sxx[c..]);
            (Vector256.Create(syy[c..]) + (b * b)).CopyTo(syy[c..]);
        }

        for (; c < channels; c++)
        {
            sx[c] += x[c];
            sy[c] += y[c];
            sxx[c] += x[c] * x[c];
            syy[c] += y[c] * y[c];
        }
    }

    private void Flush(Span<float> sums)
    {
        int channels = _x.Length;
        for (int c = 0; c < channels; c++)
        {
            _x[c] += sums[c];
            _y[c] += sums[channels + c];
            _xx[c] += sums[(2 * channels) + c];
            _yy[c] += sums[(3 * channels) + c];
        }

        sums.Clear();
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
