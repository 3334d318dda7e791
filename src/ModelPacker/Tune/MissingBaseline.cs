namespace ModelPacker.Tune;

/// <summary>A baseline that a network does not have.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record MissingBaseline(string Name, string Kind, string Reason);
