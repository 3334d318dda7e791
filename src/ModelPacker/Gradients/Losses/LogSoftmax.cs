namespace ModelPacker.Gradients.Losses;

/// <summary>Softmax and its logarithm in double precision.</summary>
internal static class LogSoftmax
{
    /// <summary>log Σ e^logit, without overflow.</summary>
    public static double LogSum(ReadOnlySpan<float> logits)
    {
        double largest = double.NegativeInfinity;
        foreach (float logit in logits)
        {
            largest = Math.Max(largest, logit);
        }

        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - largest);
        }

        return largest + Math.Log(sum);
    }
}
