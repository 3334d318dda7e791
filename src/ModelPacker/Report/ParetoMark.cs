namespace ModelPacker.Report;

/// <summary>A network in the Pareto plot.</summary>
/// <param name="Name">Its name, empty for a step of the search.</param>
/// <param name="Kind"><c>search</c>, <c>point</c>, or the kind of a baseline.</param>
/// <param name="SpeedUp">Cost of the dense network over its own.</param>
/// <param name="Change">How much better (above 0) or worse than the dense network on the same pictures: points of top-1, or loss with its sign turned.</param>
/// <param name="Corrected">A baseline whose constants were re-fitted.</param>
public sealed record ParetoMark(string Name, string Kind, double SpeedUp, double Change, bool Corrected = false);
