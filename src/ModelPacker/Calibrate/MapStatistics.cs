using System.Numerics.Tensors;

namespace ModelPacker.Calibrate;

/// <summary>What the calibration pictures showed of one map.</summary>
/// <remarks>The histogram's range grows with the data (a power of two, neighbouring bins merged when it doubles), so that one pass suffices.</remarks>
/// <param name="channels">Channels of the map.</param>
public sealed class MapStatistics(int channels)
{
    /// <summary>Bins of the histogram. Its range is at most twice the largest magnitude seen, so at least a quarter of them cover [0, magnitude].</summary>
    public const int Bins = 8192;

    // The histogram of a large map is fed with every k-th row of a picture: its shape needs no more values than this.
    private const int SampledValues = 1 << 15;

    // float sums stay exact enough over this many rows; beyond they go to double.
    private const int RowsPerBlock = 256;

    private readonly double[] _channelSums = new double[channels];
    private readonly double[] _channelSquares = new double[channels];
    private readonly float[] _channelMinima = new float[channels];
    private readonly float[] _channelMaxima = new float[channels];
    private readonly int _repeat = Math.Max(1, 64 / channels);
    private readonly int[] _indices = new int[Math.Max(64, channels)];
    private long _rows;
    private int _pictures;

    /// <summary>Smallest value.</summary>
    public float Minimum { get; private set; } = float.PositiveInfinity;

    /// <summary>Largest value.</summary>
    public float Maximum { get; private set; } = float.NegativeInfinity;

    /// <summary>The histogram counts [−Limit, Limit) in equal bins.</summary>
    public float Limit { get; private set; }

    /// <summary>Width of a bin.</summary>
    public double BinWidth => 2.0 * Limit / Bins;

    /// <summary>Counts.</summary>
    public long[] Histogram { get; private set; } = new long[Bins];

    /// <summary>Mean of each channel.</summary>
    public double[] ChannelMeans => Array.ConvertAll(_channelSums, s => _rows == 0 ? 0 : s / _rows);

    /// <summary>Variance of each channel.</summary>
    public double[] ChannelVariances => [.. _channelSums.Zip(_channelSquares, (s, q) => _rows == 0 ? 0 : Math.Max(0, (q / _rows) - (s / _rows * (s / _rows))))];

    /// <summary>Largest absolute value of each channel.</summary>
    public float[] ChannelMagnitudes => [.. _channelMinima.Zip(_channelMaxima, (low, high) => Math.Max(-low, high))];

    /// <summary>Adds one picture's rows, [rows, channels].</summary>
    public void Add(ReadOnlySpan<float> rows)
    {
        Minimum = Math.Min(Minimum, TensorPrimitives.Min(rows));
        Maximum = Math.Max(Maximum, TensorPrimitives.Max(rows));
        AddChannels(rows);
        AddHistogram(rows);
        _rows += rows.Length / channels;
        _pictures++;
    }

    // Narrow rows are taken several at a time, so that vectors are full.
    private void AddChannels(ReadOnlySpan<float> rows)
    {
        int width = channels * _repeat;
        Span<float> sums = new float[width];
        Span<float> squares = new float[width];
        Span<float> low = new float[width];
        Span<float> high = new float[width];
        int block = 0;
        int i = 0;
        for (; i + width <= rows.Length; i += width)
        {
            ReadOnlySpan<float> wide = rows.Slice(i, width);
            TensorPrimitives.Add(sums, wide, sums);
            TensorPrimitives.MultiplyAdd(wide, wide, squares, squares);
            TensorPrimitives.Min(low, wide, low);
            TensorPrimitives.Max(high, wide, high);
            if (++block == RowsPerBlock)
            {
                Flush(sums, _channelSums);
                Flush(squares, _channelSquares);
                block = 0;
            }
        }

        ReadOnlySpan<float> rest = rows[i..];
        for (int k = 0; k < rest.Length; k++)
        {
            sums[k] += rest[k];
            squares[k] += rest[k] * rest[k];
            low[k] = Math.Min(low[k], rest[k]);
            high[k] = Math.Max(high[k], rest[k]);
        }

        Flush(sums, _channelSums);
        Flush(squares, _channelSquares);
        for (int k = 0; k < width; k++)
        {
            int c = k % channels;
            _channelMinima[c] = Math.Min(_channelMinima[c], low[k]);
            _channelMaxima[c] = Math.Max(_channelMaxima[c], high[k]);
        }
    }

    private void Flush(Span<float> sums, double[] target)
    {
        for (int k = 0; k < sums.Length; k++)
        {
            target[k % channels] += sums[k];
        }

        sums.Clear();
    }

    private void AddHistogram(ReadOnlySpan<float> rows)
    {
        Grow(Math.Max(Math.Abs(Minimum), Math.Abs(Maximum)));
        int count = rows.Length / channels;
        int stride = (rows.Length + SampledValues - 1) / SampledValues;
        if (stride <= 1)
        {
            Count(rows);
            return;
        }

        // Another phase for each picture, so that no site is always left out.
        for (int row = _pictures % stride; row < count; row += stride)
        {
            Count(rows.Slice(row * channels, channels));
        }
    }

    private void Count(ReadOnlySpan<float> values)
    {
        if (Limit == 0)
        {
            Histogram[Bins / 2] += values.Length;
            return;
        }

        float scale = Bins / 2 / Limit;
        while (!values.IsEmpty)
        {
            ReadOnlySpan<float> part = values[..Math.Min(values.Length, _indices.Length)];
            Bin(part, scale);
            for (int i = 0; i < part.Length; i++)
            {
                Histogram[_indices[i]]++;
            }

            values = values[part.Length..];
        }
    }

    private void Bin(ReadOnlySpan<float> values, float scale)
    {
        for (int i = 0; i < values.Length; i++)
        {
            _indices[i] = Math.Clamp((int)MathF.Floor(values[i] * scale) + (Bins / 2), 0, Bins - 1);
        }
    }

    private void Grow(float magnitude)
    {
        if (!float.IsFinite(magnitude) || magnitude <= Limit)
        {
            return;
        }

        float wanted = MathF.ScaleB(1, Math.Clamp(MathF.ILogB(magnitude) + 1, -120, 127));
        if (Limit == 0)
        {
            Limit = wanted;
            return;
        }

        for (; Limit < wanted; Limit *= 2)
        {
            long[] merged = new long[Bins];
            for (int i = 0; i < Bins; i++)
            {
                merged[(Bins / 4) + (i / 2)] += Histogram[i];
            }

            Histogram = merged;
        }
    }
}
