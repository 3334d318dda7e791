using EdgeRuntime.Bundles;
using EdgeRuntime.Maps;

namespace ModelPacker.Perforate;

/// <summary>What a set of masks makes of a network: rows of every map and the tables that lead to them.</summary>
/// <param name="Rows">Rows of each map.</param>
/// <param name="Tables">[step][input], null: row o reads row o.</param>
/// <param name="Supports">Of each map; null: dense.</param>
public sealed record PointTables(int[] Rows, GatherTable?[][] Tables, Support?[] Supports)
{
    /// <summary>Size of the picture that the network takes, or null: that of the dense point.</summary>
    public InputSize? Input { get; init; }
}
