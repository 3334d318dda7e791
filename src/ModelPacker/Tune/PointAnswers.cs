using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Governing;
using EdgeRuntime.Images;
using EdgeRuntime.Sessions;
using ModelPacker.Data;
using ModelPacker.Evaluate;

namespace ModelPacker.Tune;

/// <summary>What every operating point of a bundle answers to the same pictures.</summary>
/// <param name="Margins">[point][picture]: probability of the first class less that of the second.</param>
/// <param name="Right">[point][picture]: whether the first class is the label, or, without labels, the first class of the first point.</param>
public sealed record PointAnswers(double[][] Margins, bool[][] Right)
{
    /// <summary>Asks all points.</summary>
    /// <param name="bundle">The network, a classifier.</param>
    /// <param name="spec">What its input and outputs mean.</param>
    /// <param name="pictures">Pictures, all labelled or taken as unlabelled.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="progress">Hears the number of pictures done; from any thread.</param>
    /// <param name="cancel">Stops the work.</param>
    public static PointAnswers Ask(Bundle bundle, InputSpec spec, IReadOnlyList<LabelledPicture> pictures, int threads, Action<int> progress, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(pictures);
        using EdgeModel model = EdgeModel.Load(bundle);
        int points = bundle.Points.Length;
        bool labelled = pictures.All(p => p.Label >= 0);
        double[][] margins = [.. Enumerable.Range(0, points).Select(_ => new double[pictures.Count])];
        bool[][] right = [.. Enumerable.Range(0, points).Select(_ => new bool[pictures.Count])];
        int done = 0;
        Parallel.For(0, pictures.Count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancel },
            () => Array.ConvertAll(bundle.Points, p => new BundlePredictor(model, spec, p.Name)),
            (i, _, predictors) =>
            {
                Picture picture = pictures[i].Read();
                int wanted = pictures[i].Label;
                for (int p = 0; p < points; p++)
                {
                    ReadOnlySpan<float> scores = predictors[p].Predict(picture);
                    int best = Evaluator.Best(scores[spec.FirstClass..]);
                    wanted = labelled || p > 0 ? wanted : best;
                    right[p][i] = best == wanted;
                    margins[p][i] = Cascade.MarginOf(scores, spec.FirstClass, spec.OutputIsLogits);
                }

                progress(Interlocked.Increment(ref done));
                return predictors;
            },
            predictors => Array.ForEach(predictors, p => p.Dispose()));
        return new PointAnswers(margins, right);
    }

    /// <summary>The answers to some of the pictures.</summary>
    public PointAnswers Where(Func<int, bool> chosen)
    {
        int[] kept = [.. Enumerable.Range(0, Margins[0].Length).Where(chosen)];
        return new PointAnswers(Array.ConvertAll(Margins, m => Array.ConvertAll(kept, i => m[i])), Array.ConvertAll(Right, r => Array.ConvertAll(kept, i => r[i])));
    }
}
