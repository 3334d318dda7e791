namespace ModelPacker.Evaluate;

/// <summary>Accuracy on a set of pictures.</summary>
/// <param name="N">Pictures.</param>
/// <param name="Top1Hits">Pictures whose label came first; -1 without labels.</param>
/// <param name="Top5Hits">Pictures whose label came among the first five; -1 without labels.</param>
/// <param name="LogLoss">Mean −log of the label's probability; NaN without labels.</param>
/// <param name="Agreement">Share of pictures with the same first class as the other model; null without one, or where there are no classes.</param>
/// <param name="Cosine">Mean cosine between the outputs and the other model's, or null.</param>
/// <param name="MeanDifference">Mean absolute difference of outputs, or null.</param>
/// <param name="MaxRelativeDifference">Largest difference of an output, relative to the largest output of the other model for the same picture, or null.</param>
public sealed record Evaluation(int N, int Top1Hits, int Top5Hits, double LogLoss, double? Agreement, double? Cosine, double? MeanDifference,
    double? MaxRelativeDifference)
{
    /// <summary>Per cent.</summary>
    public double Top1 => 100.0 * Top1Hits / N;

    /// <summary>Per cent.</summary>
    public double Top5 => 100.0 * Top5Hits / N;
}
