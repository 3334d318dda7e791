namespace ModelPacker.Tune;

/// <summary>An operating point that the search made.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Layers">What it skips, per layer that could be perforated.</param>
/// <param name="Quality">On pictures that the search did not see.</param>
/// <param name="Uncorrected">The same without re-fitted constants, or null.</param>
public sealed record TunedPoint(string Name, IReadOnlyList<TunedLayer> Layers, PointQuality Quality, PointQuality? Uncorrected);
