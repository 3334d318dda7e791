namespace ModelPacker.Report;

/// <summary>A network that the search went through.</summary>
/// <param name="Cost">Its cost in the unit of the search.</param>
/// <param name="Loss">Its loss on the pictures of the search.</param>
/// <param name="Top1">Its top-1 on them in per cent, or null.</param>
public sealed record SearchState(double Cost, double Loss, double? Top1);
