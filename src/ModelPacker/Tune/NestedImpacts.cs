using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using ModelPacker.Correct;
using ModelPacker.Perforate;
using ModelPacker.Pipeline;

namespace ModelPacker.Tune;

/// <summary>Weights of sites for <see cref="MaskKind.IterativeImpact"/>: those of <see cref="ImpactWeights"/>, measured on the network as the search has perforated it so far.</summary>
/// <remarks>A site that is not computed has no value and no gradient of its own; it weighs nothing and stays dropped. A row's gradient is the sum over all sites that read it, so that
/// a site that stands for many weighs accordingly. Where a layer in front is perforated, several sites of a layer may be one row: each of them has an equal part of its weight.</remarks>
/// <param name="dense">Dense bundle of a classifier that can be differentiated.</param>
/// <param name="spec">What the output means.</param>
/// <param name="samples">Pictures; as many as a step may take are used, spread evenly.</param>
/// <param name="threads">Threads.</param>
/// <param name="progress">Hears how far a step is.</param>
/// <param name="cancel">Stops it.</param>
internal sealed class NestedImpacts(Bundle dense, InputSpec spec, IReadOnlyList<TuneSample> samples, int threads, IPackProgress progress, CancellationToken cancel)
{
    // Multiply-accumulates of the passes after one step: a few seconds on two cores. A pass forward and back costs three times the network.
    private const double StepMacs = 2e11;
    private const int PassCost = 3;
    private const int FewestSamples = 24;
    private const int MostSamples = 256;

    private readonly IReadOnlyList<TuneSample> _used = Spread.Evenly(samples, (int)Math.Clamp(StepMacs / (PassCost * dense.Macs(dense.Points[0])), FewestSamples, MostSamples));

    /// <summary>Weights of every layer's sites.</summary>
    /// <param name="layers">Layers.</param>
    /// <param name="masks">Supports by step, as chosen so far.</param>
    /// <param name="tables">The same, compiled.</param>
    /// <param name="step">Number of the step, for the user.</param>
    /// <returns>Per layer [sites]; 0 where a site is skipped.</returns>
    public double[][] Of(IReadOnlyList<TuneLayer> layers, IReadOnlyDictionary<int, Support> masks, PointTables tables, int step)
    {
        PointAssembler assembler = new(dense);
        assembler.Add("perforated", tables);
        Dictionary<int, double[]> rows = ImpactWeights.Of(assembler.Build([]), 1, [.. layers.Select(l => l.Step)], spec, _used, threads,
            done => progress.Status($"search, step {step}: impact of sites, {done}/{_used.Count} pictures", lasting: false), cancel);
        progress.Status("search", lasting: false);
        return [.. layers.Select(l => OverSites(rows[l.Step], masks.GetValueOrDefault(l.Step)?.Kept, tables.Supports[dense.Steps[l.Step].Output], dense.Points[0].Rows[dense.Steps[l.Step].Output]))];
    }

    /// <summary>Spreads the weights of a layer's rows over its sites.</summary>
    /// <param name="rows">Per row.</param>
    /// <param name="kept">Sites of the layer's mask; null: all.</param>
    /// <param name="compiled">The support that its output has; null: every site is a row.</param>
    /// <param name="sites">Number of sites.</param>
    /// <returns>[sites]; 0 where a site is skipped.</returns>
    public static double[] OverSites(double[] rows, int[]? kept, Support? compiled, int sites)
    {
        double[] weights = new double[sites];
        int[] sharing = new int[rows.Length];
        kept ??= [.. Enumerable.Range(0, sites)];
        foreach (int site in kept)
        {
            sharing[RowOf(site)]++;
        }

        foreach (int site in kept)
        {
            weights[site] = rows[RowOf(site)] / sharing[RowOf(site)];
        }

        return weights;

        int RowOf(int site) => compiled?.Nearest[site] ?? site;
    }
}
