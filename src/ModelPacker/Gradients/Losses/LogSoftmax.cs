namespace ModelPacker.Gradients.Losses;

/// <summary>Softmax and its logarithm in double precision.</summary>
internal static class LogSoftmax
{
    /// <summary>Softmax of every row.</summary>
    /// <param name="logits">[rows, classes].</param>
    /// <param name="classes">Classes.</param>
    /// <param name="shares">[rows, classes], each row with the sum 1; may be longer.</param>
    public static void Shares(ReadOnlySpan<float> logits, int classes, Span<float> shares)
    {
        for (int row = 0; row < logits.Length; row += classes)
        {
            double sum = LogSum(logits.Slice(row, classes));
            for (int c = 0; c < classes; c++)
            {
                shares[row + c] = (float)Math.Exp(logits[row + c] - sum);
            }
        }
    }

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
