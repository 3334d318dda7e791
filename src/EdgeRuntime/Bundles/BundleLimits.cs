namespace EdgeRuntime.Bundles;

/// <summary>Bounds that keep a hostile bundle from asking for giant memory or endless work. Generous: VGG-16 uses a few per cent of each.</summary>
public static class BundleLimits
{
    /// <summary>Bytes of the header and of every section but the weights.</summary>
    public const int SectionBytes = 256 << 20;

    /// <summary>Tables or blobs.</summary>
    public const int Items = 1 << 16;

    /// <summary>Maps or steps. The arena layout compares maps in pairs.</summary>
    public const int Steps = 1 << 14;

    /// <summary>Operating points × (maps + steps).</summary>
    public const int PointSteps = 1 << 18;

    /// <summary>Operating points.</summary>
    public const int Points = 256;

    /// <summary>Elements of one map.</summary>
    public const long MapElements = 1L << 28;

    /// <summary>Bytes of all activations alive at once.</summary>
    public const long ArenaBytes = 1L << 30;

    /// <summary>Entries of all tables together, decoded.</summary>
    public const long TableEntries = 1L << 26;

    /// <summary>Bytes of weights and constants in memory: packed, padded, and counted as often as steps use them.</summary>
    public const long PlanBytes = 1L << 32;

    /// <summary>Multiply-accumulates and other elementary operations of one inference.</summary>
    public const long Macs = 1_000_000_000_000;

    /// <summary>Taps × channels of a convolution; keeps every int8 sum within 32 bits.</summary>
    public const int Depth = 1 << 16;

    /// <summary>The same for fp32.</summary>
    public const int FloatDepth = 1 << 22;

    /// <summary>Length of any name.</summary>
    public const int NameLength = 4096;
}
