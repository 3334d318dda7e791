namespace ModelPacker.Gradients.Losses;

/// <summary>Kullback-Leibler divergence Σ t · log(t / softmax(logits)) from given shares (distillation: Hinton et al., 2015), times T² where logits are divided by a temperature T.</summary>
/// <param name="targets">Shares of the classes, [batch, classes], each row with the sum 1 (made at the same temperature).</param>
/// <param name="output">Index of the output.</param>
/// <param name="temperature">T.</param>
public sealed class Divergence(ReadOnlyMemory<float> targets, int output = 0, float temperature = 1) : ILoss
{
    /// <inheritdoc/>
    public double Evaluate(GradientRun run, int batch)
    {
        ReadOnlySpan<float> all = run.Logits(output);
        Span<float> gradients = run.SeedGradient(run.Network.LogitsMap(output));
        int classes = all.Length / run.Pictures;
        float[] logits = new float[classes];
        double loss = 0;
        for (int p = 0; p < run.Pictures; p++)
        {
            for (int c = 0; c < classes; c++)
            {
                logits[c] = all[(p * classes) + c] / temperature;
            }

            ReadOnlySpan<float> target = targets.Span.Slice((run.FirstPicture + p) * classes, classes);
            double sum = LogSoftmax.LogSum(logits);
            for (int c = 0; c < classes; c++)
            {
                double logarithm = logits[c] - sum;
                loss += target[c] > 0 ? temperature * temperature * target[c] * (Math.Log(target[c]) - logarithm) : 0;
                gradients[(p * classes) + c] += (float)(temperature * (Math.Exp(logarithm) - target[c]) / batch);
            }
        }

        return loss;
    }
}
