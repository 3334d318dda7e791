namespace EdgeRuntime.Bundles;

/// <summary>A named set of supports and tables over the bundle's one set of weights, with what was measured of it.</summary>
public sealed class OperatingPoint
{
    /// <summary>Unique name; <c>dense</c> skips nothing and is always there.</summary>
    public required string Name { get; init; }

    /// <summary>Rows of each map.</summary>
    public required int[] Rows { get; init; }

    /// <summary>[step][input] table through which the step reads that input, or -1: row o reads row o.</summary>
    public required int[][] Tables { get; init; }

    /// <summary>Constants that differ from the steps' own, by rising step; all others are shared by all points.</summary>
    public StepConstants[] Constants { get; init; } = [];

    /// <summary>Size of the picture that this point takes, or null: that of the input specification.</summary>
    public InputSize? Input { get; init; }

    /// <summary>Hash of all outputs for the golden input (see bundle-format.md), or null if none was recorded.</summary>
    public ulong? GoldenHash { get; set; }

    /// <summary>Figures recorded by the packer, for example <c>top1</c>; sorted by name.</summary>
    public SortedDictionary<string, double> Figures { get; init; } = new(StringComparer.Ordinal);
}
