namespace ModelPacker.Tune;

/// <summary>What an operating point skips of a layer.</summary>
/// <param name="Name">Of the layer.</param>
/// <param name="Rate">Share of the dense point's sites that is not evaluated.</param>
/// <param name="Mask">Kind of its mask, or null: it has none, and what it saves is the smaller picture's.</param>
public sealed record TunedLayer(string Name, double Rate, string? Mask);
