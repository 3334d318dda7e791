namespace ModelPacker.Finetune;

/// <summary>Random numbers that depend on nothing but what they are for, so that neither threads nor interruptions change them.</summary>
internal static class Draws
{
    /// <summary>Numbers for one use.</summary>
    /// <param name="seed">Seed of the training.</param>
    /// <param name="epoch">Epoch.</param>
    /// <param name="use">Picture, or -1 for the order of all.</param>
    public static Random For(int seed, int epoch, int use)
    {
        // SplitMix64 (Steele, Lea and Flood, 2014) over the three.
        ulong z = unchecked(((ulong)(uint)seed << 32 | (uint)epoch) * 0x9E3779B97F4A7C15 + (((ulong)(uint)use + 1) * 0xD1B54A32D192ED03));
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return new Random((int)((z ^ (z >> 31)) & int.MaxValue));
    }
}
