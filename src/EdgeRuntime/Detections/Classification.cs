using EdgeRuntime.Images;

namespace EdgeRuntime.Detections;

/// <summary>One class and its score.</summary>
/// <param name="Class">Class index.</param>
/// <param name="Score">What the model gave: a probability, or a logit.</param>
public readonly record struct Classification(int Class, float Score)
{
    /// <summary>Fills <paramref name="best"/> with the highest-scored classes, best first; a tie goes to the lower class.</summary>
    /// <param name="scores">One score per class.</param>
    /// <param name="firstClass">Classes below this one are left out.</param>
    /// <param name="best">As many as are wanted.</param>
    /// <returns>How many were written: fewer than wanted where there are fewer classes. NaN scores are left out.</returns>
    public static int Top(ReadOnlySpan<float> scores, int firstClass, Span<Classification> best)
    {
        int count = 0;
        for (int c = firstClass; c < scores.Length; c++)
        {
            float score = scores[c];
            if (float.IsNaN(score) || (count == best.Length && (count == 0 || score <= best[count - 1].Score)))
            {
                continue;
            }

            int at = count == best.Length ? count - 1 : count++;
            for (; at > 0 && best[at - 1].Score < score; at--)
            {
                best[at] = best[at - 1];
            }

            best[at] = new Classification(c, score);
        }

        return count;
    }

    /// <summary>The best <paramref name="count"/> classes of a described model, as shares: logits go through a softmax.</summary>
    /// <remarks>The softmax covers all classes, those below the first one too, so that shares equal the model's own.</remarks>
    public static Classification[] Top(ReadOnlySpan<float> scores, InputSpec spec, int count)
    {
        ArgumentNullException.ThrowIfNull(spec);
        Classification[] best = new Classification[Math.Clamp(count, 0, Math.Max(scores.Length - spec.FirstClass, 0))];
        return best[..Top(scores, spec, best)];
    }

    /// <summary>The same into memory that is there already.</summary>
    /// <returns>How many were written.</returns>
    public static int Top(ReadOnlySpan<float> scores, InputSpec spec, Span<Classification> best)
    {
        ArgumentNullException.ThrowIfNull(spec);
        int count = Top(scores, spec.FirstClass, best);
        if (spec.OutputIsLogits)
        {
            double highest = double.NegativeInfinity;
            foreach (float score in scores)
            {
                highest = Math.Max(highest, score);
            }

            double sum = 0;
            foreach (float score in scores)
            {
                sum += Math.Exp(score - highest);
            }

            for (int i = 0; i < count; i++)
            {
                best[i] = best[i] with { Score = (float)(Math.Exp(best[i].Score - highest) / sum) };
            }
        }

        return count;
    }
}
