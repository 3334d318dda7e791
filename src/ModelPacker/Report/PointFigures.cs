namespace ModelPacker.Report;

/// <summary>How good a point was.</summary>
/// <param name="Loss">Its loss, or null where it was not measured.</param>
/// <param name="Top1">Its top-1 in per cent, or null.</param>
public sealed record PointFigures(double? Loss, double? Top1);
