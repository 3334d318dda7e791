namespace ModelPacker.Tune;

/// <summary>What is reported of a network, on the search pictures, and how it compares with those that started elsewhere.</summary>
/// <param name="Loss">Log-loss of the labels, or distance from the dense answers.</param>
/// <param name="Top1">Per cent, or null where there are no classes.</param>
public readonly record struct Judgement(double Loss, double? Top1)
{
    // Answers to a smaller picture are less sure of themselves, which costs log-loss and no answers; the share of wrong answers alone is coarse.
    private const double LossWeight = 0.1;

    /// <summary>The share of wrong answers and a tenth of the loss; where there are no classes, the loss.</summary>
    public double Badness => Top1 is { } right ? 1 - (right / 100) + (LossWeight * Loss) : Loss;
}
