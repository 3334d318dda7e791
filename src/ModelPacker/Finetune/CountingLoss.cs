using ModelPacker.Evaluate;
using ModelPacker.Gradients;
using ModelPacker.Gradients.Losses;

namespace ModelPacker.Finetune;

/// <summary>A loss that also counts right answers.</summary>
/// <param name="inner">The loss.</param>
/// <param name="classes">The right class of every picture of the batch; null: nothing is counted.</param>
internal sealed class CountingLoss(ILoss inner, int[]? classes) : ILoss
{
    private int _hits;

    /// <summary>Right answers so far.</summary>
    public int Hits => _hits;

    /// <inheritdoc/>
    public double Evaluate(GradientRun run, int batch)
    {
        if (classes is not null)
        {
            ReadOnlySpan<float> logits = run.Logits(0);
            int count = logits.Length / run.Pictures;
            for (int p = 0; p < run.Pictures; p++)
            {
                if (Evaluator.Best(logits.Slice(p * count, count)) == classes[run.FirstPicture + p])
                {
                    Interlocked.Increment(ref _hits);
                }
            }
        }

        return inner.Evaluate(run, batch);
    }
}
