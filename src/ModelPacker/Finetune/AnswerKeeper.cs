using ModelPacker.Gradients;
using ModelPacker.Gradients.Losses;

namespace ModelPacker.Finetune;

/// <summary>A loss that also keeps the answers that it judged, for others to learn from (in-place distillation: Yu and Huang, "Universally Slimmable Networks and Improved Training Techniques", ICCV 2019).</summary>
/// <param name="inner">The loss.</param>
/// <param name="pictures">Pictures of the batch.</param>
internal sealed class AnswerKeeper(ILoss inner, int pictures) : ILoss
{
    private readonly Lock _lock = new();
    private float[] _shares = [];

    /// <inheritdoc/>
    public double Evaluate(GradientRun run, int batch)
    {
        ReadOnlySpan<float> logits = run.Logits(0);
        int classes = logits.Length / run.Pictures;
        lock (_lock)
        {
            if (_shares.Length == 0)
            {
                _shares = new float[pictures * classes];
            }
        }

        // Every run has pictures of its own.
        LogSoftmax.Shares(logits, classes, _shares.AsSpan(run.FirstPicture * classes));
        return inner.Evaluate(run, batch);
    }

    /// <summary>What to teach: half the labels, half the answers that were kept.</summary>
    /// <param name="labels">Right class of every picture of the batch.</param>
    /// <returns>Shares of the classes, [pictures, classes].</returns>
    public float[] Beside(int[] labels)
    {
        int classes = _shares.Length / pictures;
        float[] targets = Array.ConvertAll(_shares, s => s / 2);
        for (int p = 0; p < pictures; p++)
        {
            targets[(p * classes) + labels[p]] += 0.5f;
        }

        return targets;
    }
}
