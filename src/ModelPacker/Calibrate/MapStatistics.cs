using System.Numerics.Tensors;

namespace ModelPacker.Calibrate;

/// <summary>What the calibration pictures showed of one map.</summary>
public sealed class MapStatistics(int channels)
{
    /// <summary>Bins of the histogram.</summary>
    public const int Bins = 2048;

    private readonly double[] _channelSums = new double[channels];
    private readonly float[] _channelMagnitudes = new float[channels];
    private long _rows;

    /// <summary>Smallest value.</summary>
    public float Minimum { get; private set; } = float.PositiveInfinity;

    /// <summary>Largest value.</summary>
    public float Maximum { get; private set; } = float.NegativeInfinity;

    /// <summary>Counts over [Minimum, Maximum] in equal bins.</summary>
    public long[] Histogram { get; } = new long[Bins];

    /// <summary>Mean of each channel.</summary>
    public double[] ChannelMeans => Array.ConvertAll(_channelSums, s => _rows == 0 ? 0 : s / _rows);

    /// <summary>Largest absolute value of each channel.</summary>
    public float[] ChannelMagnitudes => _channelMagnitudes;

    /// <summary>First pass: extremes and means.</summary>
    public void AddRange(ReadOnlySpan<float> rows)
    {
        Minimum = Math.Min(Minimum, TensorPrimitives.Min(rows));
        Maximum = Math.Max(Maximum, TensorPrimitives.Max(rows));
        for (int i = 0; i < rows.Length; i += channels)
        {
            ReadOnlySpan<float> row = rows.Slice(i, channels);
            for (int c = 0; c < row.Length; c++)
            {
                _channelSums[c] += row[c];
                _channelMagnitudes[c] = Math.Max(_channelMagnitudes[c], Math.Abs(row[c]));
            }
        }

        _rows += rows.Length / channels;
    }

    /// <summary>Second pass: the histogram.</summary>
    public void AddHistogram(ReadOnlySpan<float> rows)
    {
        float width = Maximum - Minimum;
        if (!(width > 0))
        {
            Histogram[0] += rows.Length;
            return;
        }

        float scale = Bins / width;
        float lowest = Minimum;
        foreach (float value in rows)
        {
            int bin = (int)((value - lowest) * scale);
            Histogram[Math.Clamp(bin, 0, Bins - 1)]++;
        }
    }
}
