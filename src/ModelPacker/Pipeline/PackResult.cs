using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using ModelPacker.Lower;
using ModelPacker.LowRank;
using ModelPacker.Report;

namespace ModelPacker.Pipeline;

/// <summary>What packing made.</summary>
/// <param name="Bundle">The bundle; the caller disposes it.</param>
/// <param name="Model">The lowered network.</param>
/// <param name="Spec">Input specification, or null if there is none.</param>
/// <param name="Layers">Signal-to-noise table, worst first; empty for fp32.</param>
/// <param name="PeakBytes">Weights, tables, activations and scratch of one session.</param>
/// <param name="ArenaBytes">Activations alone.</param>
public sealed record PackResult(Bundle Bundle, LoweredModel Model, InputSpec? Spec, IReadOnlyList<LayerNoise> Layers, long PeakBytes, long ArenaBytes)
{
    /// <summary>Layers that were decomposed; empty: none.</summary>
    public IReadOnlyList<LayerRank> Ranks { get; init; } = [];

    /// <summary>Multiplications of the network as it was given over those that decomposing left; 1 where nothing was decomposed.</summary>
    public double LowRankSpeedUp { get; init; } = 1;
}
