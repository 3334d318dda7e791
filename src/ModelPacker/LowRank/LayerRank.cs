namespace ModelPacker.LowRank;

/// <summary>What became of one layer.</summary>
/// <param name="Name">Name of the layer.</param>
/// <param name="Outputs">Its output channels d.</param>
/// <param name="Rank">Filters that are left, d'.</param>
/// <param name="KeptEnergy">Share of the variance of its responses that so many directions can hold.</param>
public sealed record LayerRank(string Name, int Outputs, int Rank, double KeptEnergy);
