using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using ModelPacker.Data;
using ModelPacker.Perforate;
using ModelPacker.Pipeline;

namespace ModelPacker.Tune;

/// <summary>How much the sites of a layer matter for the loss.</summary>
/// <param name="Layer">Name of the layer.</param>
/// <param name="Height">Rows of its grid.</param>
/// <param name="Width">Columns.</param>
/// <param name="Weights">[height·width]; 0 where a site is skipped.</param>
/// <param name="Skipped">Whether a site is skipped.</param>
internal sealed record ImpactMap(string Layer, int Height, int Width, double[] Weights, bool[] Skipped)
{
    /// <summary>What share of all weight, in per cent, the heavier half of the sites has: 50 where all weigh alike.</summary>
    public double HeaviestHalf
    {
        get
        {
            double sum = Weights.Sum();
            return sum > 0 ? 100 * Weights.OrderDescending().Take(Weights.Length / 2).Sum() / sum : 50;
        }
    }

    /// <summary>Maps of all layers that a search may perforate.</summary>
    /// <param name="bundle">A classifier; its first point is dense.</param>
    /// <param name="path">Its file, for errors.</param>
    /// <param name="section">Grids of its maps, and masks of its points.</param>
    /// <param name="spec">What its outputs mean.</param>
    /// <param name="point">Operating point.</param>
    /// <param name="pictures">Pictures.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="progress">Hears how far the work is.</param>
    /// <param name="cancel">Stops it.</param>
    /// <exception cref="EdgeRuntimeException">No classifier, no gradients, nothing that can be perforated, or a bundle that does not say what stands for what.</exception>
    public static IReadOnlyList<ImpactMap> Of(Bundle bundle, string path, PerforationSection section, InputSpec spec, int point, IReadOnlyList<LabelledPicture> pictures, int threads, IPackProgress progress,
        CancellationToken cancel)
    {
        if (spec.Task != VisionTask.Classification || bundle.Outputs.Length != 1)
        {
            throw new EdgeRuntimeException("The impact of a site is what it has to do with the log-loss of a class, and this network is no classifier with one output.", 3);
        }

        // Of a point that takes a smaller picture, the network that its masks are laid over.
        (Bundle full, (int Height, int Width)[] grids) = section.Resized(bundle, point) is { } resized ? (resized.Bundle, resized.Grids) : (bundle, section.Grids);
        Perforator perforator = new(full);
        List<TuneLayer> layers = LayerFinder.Find(full, grids, perforator, _ => null, _ => null);
        if (layers.Count == 0)
        {
            throw new EdgeRuntimeException("This network has no k×k convolution that can be perforated.", 3);
        }

        bool labelled = pictures.All(p => p.Label >= 0);
        SampleRunner runner = new(spec, labelled, threads, cancel);
        progress.Begin("prepare pictures", pictures.Count);
        TuneSample[] samples = runner.Prepare(bundle, pictures, progress.Advance);
        SampleRunner.CheckLabels(samples, pictures, spec);
        samples = bundle.Points[point].Input is null ? samples : runner.Feed(bundle, point, pictures, samples);
        IReadOnlyDictionary<int, Support> masks = section.Supports(path, bundle, point);
        PointTables tables = perforator.Compile(masks);
        if (!tables.Rows.AsSpan().SequenceEqual(bundle.Points[point].Rows))
        {
            throw new BundleException($"The masks of '{bundle.Points[point].Name}' in '{path}' are not those that its tables were made from. Run 'modelpacker tune' again.");
        }

        progress.Begin("impact of sites", samples.Length);
        Dictionary<int, double[]> rows = ImpactWeights.Of(bundle, point, [.. layers.Select(l => l.Step)], spec, samples, threads, progress.Advance, cancel);
        return [.. layers.Select(l =>
        {
            int map = bundle.Steps[l.Step].Output;
            (int height, int width) = grids[map];
            int[]? kept = masks.GetValueOrDefault(l.Step)?.Kept;
            HashSet<int> evaluated = [.. kept ?? Enumerable.Range(0, height * width)];
            return new ImpactMap(l.Name, height, width, NestedImpacts.OverSites(rows[l.Step], kept, tables.Supports[map], height * width),
                [.. Enumerable.Range(0, height * width).Select(s => !evaluated.Contains(s))]);
        })];
    }
}
