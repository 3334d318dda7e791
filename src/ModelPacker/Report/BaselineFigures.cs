namespace ModelPacker.Report;

/// <summary>Another way to make the network cheaper, measured on the pictures that the operating points were measured on.</summary>
/// <param name="Name">Name for people.</param>
/// <param name="Kind"><c>smaller-input</c>, <c>fractional-stride</c>, or a kind of mask.</param>
/// <param name="Corrected">Whether constants were re-fitted.</param>
/// <param name="Cost">Its cost in the unit of the search, or null.</param>
/// <param name="Macs">Its multiply-accumulates, or null.</param>
/// <param name="Loss">Loss.</param>
/// <param name="Top1">Top-1 in per cent, or null.</param>
public sealed record BaselineFigures(string Name, string Kind, bool Corrected, double? Cost, double? Macs, double? Loss, double? Top1);
