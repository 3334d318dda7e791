using ModelPacker.Lower;

namespace ModelPacker.LowRank;

/// <summary>A network with decomposed layers.</summary>
/// <param name="Model">The network.</param>
/// <param name="Layers">Its decomposed layers, in order.</param>
/// <param name="SpeedUp">Multiplications of the network before over those that are left.</param>
public sealed record LowRankResult(LoweredModel Model, IReadOnlyList<LayerRank> Layers, double SpeedUp);
