using System.Diagnostics;

namespace EdgeRuntime.Cli.Reports;

/// <summary>Durations of repeated runs.</summary>
internal sealed class Samples(int capacity)
{
    private readonly double[] _milliseconds = new double[capacity];
    private int _count;

    /// <summary>Notes the time since <paramref name="start"/> (a <see cref="Stopwatch"/> time stamp).</summary>
    public void AddSince(long start) => Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);

    /// <summary>Notes a duration in milliseconds.</summary>
    public void Add(double milliseconds) => _milliseconds[_count++] = milliseconds;

    /// <summary>Smallest.</summary>
    public double Minimum => Quantile(0);

    /// <summary>Median.</summary>
    public double Median
    {
        get
        {
            double[] sorted = Sorted();
            int middle = sorted.Length / 2;
            return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }

    /// <summary>95 % of the runs were at most this long (nearest rank).</summary>
    public double P95 => Quantile(0.95);

    private double Quantile(double share)
    {
        double[] sorted = Sorted();
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    private double[] Sorted()
    {
        double[] sorted = _milliseconds[.._count];
        Array.Sort(sorted);
        return sorted;
    }
}
