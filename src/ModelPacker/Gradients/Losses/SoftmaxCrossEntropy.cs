namespace ModelPacker.Gradients.Losses;

/// <summary>−log of the share that softmax gives to the right class. Differentiated by the logits, so that nothing overflows or vanishes; works on
/// networks that answer logits and on those that end with a softmax.</summary>
/// <param name="labels">Right class of every picture of the batch, in the order of the output's elements.</param>
/// <param name="output">Index of the output.</param>
/// <param name="smoothing">Share of the target that all classes have alike (label smoothing: Szegedy et al., CVPR 2016).</param>
public sealed class SoftmaxCrossEntropy(int[] labels, int output = 0, float smoothing = 0) : ILoss
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A label is no class of the output.</exception>
    public double Evaluate(GradientRun run, int batch)
    {
        ReadOnlySpan<float> all = run.Logits(output);
        Span<float> gradients = run.SeedGradient(run.Network.LogitsMap(output));
        int classes = all.Length / run.Pictures;
        double loss = 0;
        for (int p = 0; p < run.Pictures; p++)
        {
            int label = labels[run.FirstPicture + p];
            if ((uint)label >= (uint)classes)
            {
                throw new ArgumentException($"Picture {run.FirstPicture + p} has class {label}, but the network has classes 0 to {classes - 1}.");
            }

            ReadOnlySpan<float> logits = all.Slice(p * classes, classes);
            double sum = LogSoftmax.LogSum(logits);
            for (int c = 0; c < classes; c++)
            {
                double target = (smoothing / classes) + (c == label ? 1 - smoothing : 0);
                double logarithm = logits[c] - sum;
                loss -= target == 0 ? 0 : target * logarithm;
                gradients[(p * classes) + c] += (float)((Math.Exp(logarithm) - target) / batch);
            }
        }

        return loss;
    }
}
