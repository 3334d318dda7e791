namespace ModelPacker.Tune;

/// <summary>A simpler way to make the network cheaper, measured on the same pictures as the operating points.</summary>
/// <param name="Name">For people, unique.</param>
/// <param name="Kind"><c>uniform</c>, <c>grid</c>, <c>fractional-stride</c> or <c>smaller-input</c>.</param>
/// <param name="Share">Share of the sites (of the input's pixels) that is left.</param>
/// <param name="Size">Input columns × rows, or null where the input is unchanged.</param>
/// <param name="Corrected">Whether constants were re-fitted.</param>
/// <param name="Cost">In the unit of the search; null where it cannot be known.</param>
/// <param name="Macs">Multiply-accumulates.</param>
/// <param name="Quality">On pictures that the search did not see.</param>
public sealed record Baseline(string Name, string Kind, double Share, string? Size, bool Corrected, double? Cost, double Macs, PointQuality Quality);
