using EdgeRuntime;
using EdgeRuntime.Images;
using ModelPacker.Data;
using ModelPacker.Evaluate;

namespace ModelPacker.Report;

/// <summary>Measures accuracy per class at every operating point.</summary>
public static class ClassMeter
{
    /// <summary>Runs every picture at every point.</summary>
    /// <param name="model">The network.</param>
    /// <param name="spec">What its outputs mean; a classifier.</param>
    /// <param name="pictures">Pictures, all labelled.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="progress">Called with the number of pictures done; from any thread.</param>
    /// <param name="cancel">Stops the run.</param>
    /// <returns>Classes that have pictures, by number.</returns>
    /// <exception cref="EdgeRuntimeException">A label is no class of the network.</exception>
    public static List<ClassAccuracy> Measure(EdgeModel model, InputSpec spec, IReadOnlyList<LabelledPicture> pictures, int threads, Action<int>? progress, CancellationToken cancel)
    {
        string[] points = [.. model.Bundle.Points.Select(p => p.Name)];
        bool[][] hits = new bool[pictures.Count][];
        int done = 0;
        ParallelOptions options = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancel };
        try
        {
            Parallel.For(0, pictures.Count, options, () => Array.ConvertAll(points, p => new BundlePredictor(model, spec, p)), (i, _, predictors) =>
            {
                Picture picture = pictures[i].Read();
                hits[i] = Array.ConvertAll(predictors, p => Hit(p.Predict(picture), spec, pictures[i]));
                progress?.Invoke(Interlocked.Increment(ref done));
                return predictors;
            }, predictors => Array.ForEach(predictors, p => p.Dispose()));
        }
        catch (AggregateException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        return [.. Enumerable.Range(0, pictures.Count).GroupBy(i => pictures[i].Label).OrderBy(g => g.Key)
            .Select(g => new ClassAccuracy(spec.LabelOf(g.Key + spec.FirstClass), g.Count(), [.. points.Select((_, p) => g.Count(i => hits[i][p]))]))];
    }

    private static bool Hit(ReadOnlySpan<float> values, InputSpec spec, LabelledPicture picture)
    {
        ReadOnlySpan<float> scores = values[Math.Min(spec.FirstClass, values.Length)..];
        return (uint)picture.Label < (uint)scores.Length ? Evaluator.Best(scores) == picture.Label
            : throw new EdgeRuntimeException($"'{picture.Name}' has the label {picture.Label}, but the network has {scores.Length} classes. Check the labels.", 2);
    }
}
