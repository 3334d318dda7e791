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
    public float[] Beside(int[] labels) => Beside(_shares, labels);

    /// <summary>Half the labels, half given answers.</summary>
    /// <param name="shares">Shares of the classes, [pictures, classes].</param>
    /// <param name="labels">Right class of every picture.</param>
    /// <returns>Shares of the classes, [pictures, classes].</returns>
    public static float[] Beside(float[] shares, int[] labels)
    {
        int classes = shares.Length / labels.Length;
        float[] targets = Array.ConvertAll(shares, s => s / 2);
        for (int p = 0; p < labels.Length; p++)
        {
            targets[(p * classes) + labels[p]] += 0.5f;
        }

        return targets;
    }
}
