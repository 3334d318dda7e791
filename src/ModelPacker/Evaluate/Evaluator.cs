using System.Numerics.Tensors;
using EdgeRuntime;
using EdgeRuntime.Images;
using ModelPacker.Data;

namespace ModelPacker.Evaluate;

/// <summary>Measures accuracy, and agreement with another model, over a picture set.</summary>
public static class Evaluator
{
    private sealed class Tally
    {
        public int Top1, Top5, Agree;
        public double Loss, Cosine, Difference, MaxRelative;
        public bool Labelled = true;
    }

    /// <summary>Evaluates.</summary>
    /// <param name="create">Makes a predictor; called once per thread.</param>
    /// <param name="createOther">Makes the model to compare with, or null.</param>
    /// <param name="spec">Input specification (first class, kind of output).</param>
    /// <param name="pictures">Pictures.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="progress">Called with the number of pictures done; from any thread.</param>
    /// <param name="cancel">Stops the run.</param>
    public static Evaluation Run(Func<IPredictor> create, Func<IPredictor>? createOther, InputSpec spec, IReadOnlyList<LabelledPicture> pictures, int threads,
        Action<int>? progress, CancellationToken cancel)
    {
        int next = -1;
        int done = 0;
        Tally[] tallies = new Tally[threads];
        Exception? failure = null;
        Thread[] workers = new Thread[threads];
        for (int t = 0; t < threads; t++)
        {
            Tally tally = tallies[t] = new Tally();
            workers[t] = new Thread(() =>
            {
                try
                {
                    using IPredictor predictor = create();
                    using IPredictor? other = createOther?.Invoke();
                    for (int i = Interlocked.Increment(ref next); i < pictures.Count && Volatile.Read(ref failure) is null; i = Interlocked.Increment(ref next))
                    {
                        cancel.ThrowIfCancellationRequested();
                        Add(tally, predictor, other, spec, pictures[i]);
                        progress?.Invoke(Interlocked.Increment(ref done));
                    }
                }
                catch (Exception e)
                {
                    // Rethrown on the caller's thread below.
                    Interlocked.CompareExchange(ref failure, e, null);
                }
            });
            workers[t].Start();
        }

        Array.ForEach(workers, w => w.Join());
        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }

        int n = pictures.Count;
        bool labelled = tallies.All(t => t.Labelled);
        bool compared = createOther is not null;
        return new Evaluation(n, labelled ? tallies.Sum(t => t.Top1) : -1, labelled ? tallies.Sum(t => t.Top5) : -1,
            labelled ? tallies.Sum(t => t.Loss) / n : double.NaN,
            compared && spec.Task == VisionTask.Classification ? (double)tallies.Sum(t => t.Agree) / n : null,
            compared ? tallies.Sum(t => t.Cosine) / n : null,
            compared ? tallies.Sum(t => t.Difference) / n : null,
            compared ? tallies.Max(t => t.MaxRelative) : null);
    }

    private static void Add(Tally tally, IPredictor predictor, IPredictor? other, InputSpec spec, LabelledPicture item)
    {
        Picture picture = item.Read();
        ReadOnlySpan<float> values = predictor.Predict(picture);
        bool classifies = spec.Task == VisionTask.Classification;
        if (classifies && item.Label >= 0)
        {
            if (item.Label + spec.FirstClass >= values.Length)
            {
                throw new EdgeRuntimeException($"'{item.Name}' has the label {item.Label}, but the network has {values.Length - spec.FirstClass} classes.", 2);
            }

            int rank = Rank(values[spec.FirstClass..], item.Label);
            tally.Top1 += rank == 0 ? 1 : 0;
            tally.Top5 += rank < 5 ? 1 : 0;
            tally.Loss += Loss(values[spec.FirstClass..], item.Label, spec.OutputIsLogits);
        }
        else
        {
            tally.Labelled = false;
        }

        if (other is not null)
        {
            ReadOnlySpan<float> expected = other.Predict(picture);
            tally.Agree += classifies && Best(values[spec.FirstClass..]) == Best(expected[spec.FirstClass..]) ? 1 : 0;
            tally.Cosine += TensorPrimitives.CosineSimilarity(values, expected);
            double sum = 0;
            double largest = 0;
            for (int i = 0; i < values.Length; i++)
            {
                double difference = Math.Abs((double)values[i] - expected[i]);
                sum += difference;
                largest = Math.Max(largest, difference);
            }

            tally.Difference += sum / values.Length;
            tally.MaxRelative = Math.Max(tally.MaxRelative, largest / Math.Max(Math.Abs(TensorPrimitives.MaxMagnitude(expected)), float.Epsilon));
        }
    }

    /// <summary>Index of the largest value; the lower index on a tie.</summary>
    public static int Best(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
        {
            best = values[i] > values[best] ? i : best;
        }

        return best;
    }

    private static int Rank(ReadOnlySpan<float> values, int label)
    {
        int rank = 0;
        for (int i = 0; i < values.Length; i++)
        {
            rank += values[i] > values[label] || (values[i] == values[label] && i < label) ? 1 : 0;
        }

        return rank;
    }

    /// <summary>−ln of the share that a class is given.</summary>
    /// <param name="values">Probabilities or logits.</param>
    /// <param name="label">The class.</param>
    /// <param name="logits">What they are.</param>
    public static double Loss(ReadOnlySpan<float> values, int label, bool logits)
    {
        if (!logits)
        {
            return -Math.Log(Math.Max(values[label], 1e-12));
        }

        double max = TensorPrimitives.Max(values);
        double sum = 0;
        foreach (float value in values)
        {
            sum += Math.Exp(value - max);
        }

        return Math.Log(sum) - (values[label] - max);
    }
}
