namespace EdgeRuntime.Bundles;

/// <summary>Bounds that keep a hostile bundle from asking for giant memory or endless work. Generous: VGG-16 uses a few per cent of each.</summary>
public static class BundleLimits
{
    /// <summary>Bytes of the header and of every section but the weights.</summary>
    public const int SectionBytes = 256 << 20;

    /// <summary>Maps, steps, tables, blobs.</summary>
    public const int Items = 1 << 16;

    /// <summary>Operating points.</summary>
    public const int Points = 256;

    /// <summary>Elements of one map.</summary>
    public const long MapElements = 1L << 28;

    /// <summary>Bytes of all activations alive at once.</summary>
    public const long ArenaBytes = 1L << 30;

    /// <summary>Entries of all tables together, decoded.</summary>
    public const long TableEntries = 1L << 26;

    /// <summary>Multiply-accumulates of one inference.</summary>
    public const long Macs = 1_000_000_000_000;

    /// <summary>Taps × channels of a convolution; keeps every int8 sum within 32 bits.</summary>
    public const int Depth = 1 << 16;

    /// <summary>Length of any name.</summary>
    public const int NameLength = 4096;
}
