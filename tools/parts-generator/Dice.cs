namespace PartsGenerator;

/// <summary>A small random generator whose numbers stay the same on every platform and version.</summary>
/// <remarks>SplitMix64: Steele, Lea and Flood, Fast splittable pseudorandom number generators, 2014.</remarks>
internal sealed class Dice(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Independent numbers for picture <paramref name="index"/> of a run.</summary>
    internal static Dice For(ulong seed, int index) => new(new Dice(seed ^ 0x5DEECE66DUL).Next() + ((ulong)index * 0xD1342543DE82EF95UL));

    /// <summary>Uniform in [low, high).</summary>
    internal float Range(float low, float high) => low + ((high - low) * (Next() >> 40) / (1 << 24));

    /// <summary>Whole number in low..high, both included.</summary>
    internal int Whole(int low, int high) => low + (int)(Next() % (ulong)(high - low + 1));

    /// <summary>True with this chance.</summary>
    internal bool Chance(float share) => Range(0, 1) < share;

    /// <summary>Roughly normal, mean 0, deviation 1: the sum of four uniforms is near enough for camera noise.</summary>
    internal float Normal() => (Range(-1, 1) + Range(-1, 1) + Range(-1, 1) + Range(-1, 1)) * 0.866f;

    private ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
