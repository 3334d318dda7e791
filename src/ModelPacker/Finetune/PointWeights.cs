namespace ModelPacker.Finetune;

/// <summary>How much operating points count that learn the dense network's answers together.</summary>
/// <remarks>A cheap point is many times as far from those answers as one that skips little. Counted alike, whatever brings the cheap one nearer is worth more than what it takes the others away. Counted by the
/// inverse of the distance that each starts with, a per cent of one is worth a per cent of another.</remarks>
internal static class PointWeights
{
    /// <summary>Weights of the points that are trained, with a mean of 1.</summary>
    /// <param name="distances">Of their answers from those of the dense network before the training.</param>
    /// <returns>By point. What is at no distance, as the dense point itself is, counts as the nearest other one.</returns>
    public static double[] Of(IReadOnlyList<double> distances)
    {
        double nearest = distances.Where(d => d > 0).DefaultIfEmpty(1).Min();
        double[] inverse = [.. distances.Select(d => 1 / Math.Max(d, nearest))];
        return Array.ConvertAll(inverse, w => w / inverse.Average());
    }
}
