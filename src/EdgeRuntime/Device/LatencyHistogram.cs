using System.Numerics;

namespace EdgeRuntime.Device;

/// <summary>Distribution of times, in fixed memory: sixteen classes per doubling, so that a percentile is right to 6 %.</summary>
public sealed class LatencyHistogram
{
    private const int ClassBits = 4, Classes = 64 << ClassBits;

    private readonly long[] _counts = new long[Classes];

    /// <summary>Times so far.</summary>
    public long Count { get; private set; }

    /// <summary>The longest, in nanoseconds.</summary>
    public long Longest { get; private set; }

    /// <summary>Adds a time; negative ones count as 0.</summary>
    public void Add(long nanoseconds)
    {
        nanoseconds = Math.Max(nanoseconds, 0);
        Count++;
        Longest = Math.Max(Longest, nanoseconds);
        _counts[ClassOf(nanoseconds)]++;
    }

    /// <summary>The time that <paramref name="share"/> of all do not exceed (upper end of its class), in nanoseconds; 0 when there are none.</summary>
    public long Percentile(double share)
    {
        long left = (long)Math.Ceiling(share * Count);
        for (int i = 0; i < Classes && Count > 0; i++)
        {
            left -= _counts[i];
            if (left <= 0 && _counts[i] > 0)
            {
                return Math.Min(UpperEnd(i), Longest);
            }
        }

        return Longest;
    }

    private static int ClassOf(long value)
    {
        int exponent = BitOperations.Log2((ulong)value | 1);
        int shift = Math.Max(exponent - ClassBits, 0);
        return (shift << ClassBits) + (int)(value >> shift);
    }

    private static long UpperEnd(int index)
    {
        // Classes below 2 · 16 are single values; above, the top bits are 16..31 at a shift that grows by one per 16 classes.
        int shift = Math.Max((index >> ClassBits) - 1, 0);
        long top = index - (shift << ClassBits);
        return ((top + 1) << shift) - 1;
    }
}
