namespace ModelPacker.Tune;

/// <summary>How good a point's answers are.</summary>
/// <param name="Loss">Mean log-loss of the labels; without labels mean distance from the dense answers.</param>
/// <param name="Divergence">Mean distance from the answers of the network without masks: the dense one, or that for a smaller picture.</param>
/// <param name="Top1">Per cent of pictures whose label (without labels: the dense network's first class) came first; null where there are no classes.</param>
/// <param name="N">Pictures.</param>
public sealed record PointQuality(double Loss, double Divergence, double? Top1, int N);
