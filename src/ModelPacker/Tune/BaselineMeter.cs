using System.Globalization;
using EdgeRuntime.Bundles;
using ModelPacker.Data;
using ModelPacker.Import;
using ModelPacker.Perforate;
using ModelPacker.Pipeline;

namespace ModelPacker.Tune;

/// <summary>Measures what can be had without a search: random masks at one share in every layer, a fractional stride, and a smaller input.</summary>
internal sealed class BaselineMeter
{
    private static readonly double[] Shares = [0.67, 0.5, 0.33, 0.25];
    private static readonly double[] Sides = [0.85, 0.75, 0.66, 0.5];

    /// <summary>The dense network.</summary>
    public required Bundle Dense { get; init; }

    /// <summary>Grids of its maps.</summary>
    public required (int Height, int Width)[] Grids { get; init; }

    /// <summary>Compiles masks.</summary>
    public required Perforator Perforator { get; init; }

    /// <summary>Re-fits constants; null: as the options say, they are not.</summary>
    public required PointFitter? Fitter { get; init; }

    /// <summary>Costs of the dense network's steps.</summary>
    public required CostModel Costs { get; init; }

    /// <summary>Options of the search.</summary>
    public required TuneOptions Options { get; init; }

    /// <summary>Remakes the network; null where there is no ONNX file to do it from.</summary>
    public required ModelVariants? Variants { get; init; }

    /// <summary>Makes what measures a network with its own input specification.</summary>
    public required Func<EdgeRuntime.Images.InputSpec?, SampleRunner> Runner { get; init; }

    /// <summary>Held-back pictures, prepared for the dense network.</summary>
    public required IReadOnlyList<TuneSample> Held { get; init; }

    /// <summary>The same pictures as they are.</summary>
    public required IReadOnlyList<LabelledPicture> Pictures { get; init; }

    /// <summary>Told how far the work is.</summary>
    public required IPackProgress Progress { get; init; }

    /// <summary>Stops the work.</summary>
    public required CancellationToken Cancel { get; init; }

    /// <summary>Measured.</summary>
    public List<Baseline> Found { get; } = [];

    /// <summary>What this network does not have.</summary>
    public List<MissingBaseline> Missing { get; } = [];

    /// <summary>Measures all.</summary>
    public void Run()
    {
        MaskKind[] kinds = [MaskKind.Uniform, MaskKind.Grid];
        Progress.Begin("random masks", kinds.Length * Shares.Length);
        int done = 0;
        foreach (MaskKind kind in kinds)
        {
            foreach (double share in Shares)
            {
                Cancel.ThrowIfCancellationRequested();
                AddMasks(kind, share);
                Progress.Advance(++done);
            }
        }

        foreach (double share in Shares)
        {
            AddVariant(string.Create(CultureInfo.InvariantCulture, $"fractional stride {share}"), "fractional-stride", v => v.Strided(share, Options.Seed));
        }

        foreach (double side in Sides)
        {
            AddVariant(string.Create(CultureInfo.InvariantCulture, $"input {side}"), "smaller-input", v => v.Smaller(side));
        }

        foreach (IGrouping<string, MissingBaseline> kind in Missing.GroupBy(m => m.Kind))
        {
            Progress.Warn($"Not measured, because this network has no such form: {string.Join(", ", kind.Select(m => m.Name))}. {kind.First().Reason}");
        }
    }

    private void AddMasks(MaskKind kind, double share)
    {
        Dictionary<int, Support> masks = [];
        for (int i = 0; i < Dense.Steps.Length; i++)
        {
            (int height, int width) = Grids[Dense.Steps[i].Output];
            if (Perforator.CanPerforate(i) && height * width > 1)
            {
                masks.Add(i, new MaskMaker(height, width).Make(kind, share, unchecked((Options.Seed * 486187739) + i)));
            }
        }

        PointTables tables = Perforator.Compile(masks);
        double kept = masks.Values.Sum(m => (double)m.Kept.Length) / Math.Max(1, masks.Values.Sum(m => m.Sites));
        double cost = Costs.Predict([.. Dense.Steps.Select(s => tables.Rows[s.Output])]);
        string name = string.Create(CultureInfo.InvariantCulture, $"{MaskKinds.NameOf(kind)} {share}");
        Add(name, null, corrected: false);
        if (Fitter is not null)
        {
            Add(name + " corrected", Fitter.Fit(tables), corrected: true);
        }

        void Add(string called, Dictionary<int, CorrectedConstants>? constants, bool corrected)
        {
            PointAssembler assembler = new(Dense);
            assembler.Add("baseline", tables, constants);
            Bundle bundle = assembler.Build([]);
            PointQuality quality = Runner(null).Measure(bundle, 1, Held);
            Found.Add(new Baseline(called, MaskKinds.NameOf(kind), kept, null, corrected, cost, bundle.Macs(bundle.Points[1]), quality));
        }
    }

    private void AddVariant(string name, string kind, Func<ModelVariants, ModelVariant> make)
    {
        Cancel.ThrowIfCancellationRequested();
        if (Variants is null)
        {
            Missing.Add(new MissingBaseline(name, kind, "A bundle cannot be remade for other sizes. Give the ONNX file instead."));
            return;
        }

        ModelVariant variant;
        try
        {
            variant = make(Variants);
        }
        catch (ModelException e)
        {
            Missing.Add(new MissingBaseline(name, kind, e.Message));
            return;
        }

        Progress.Begin(name, Pictures.Count);
        using Bundle bundle = variant.Bundle;
        SampleRunner runner = Runner(variant.Spec);
        TuneSample[] own = runner.Prepare(bundle, Pictures, Progress.Advance);

        // Answers are compared with the dense network's, not with the variant's own.
        TuneSample[] samples = [.. own.Zip(Held, (mine, dense) => mine with { Dense = dense.Dense })];
        PointQuality quality = runner.Measure(bundle, variant.Point, samples);
        bool resized = kind == "smaller-input";
        Found.Add(new Baseline(name, kind, variant.Share, resized ? $"{variant.Spec.Width}x{variant.Spec.Height}" : null, false, Cost(variant),
            bundle.Macs(bundle.Points[variant.Point]), quality));
    }

    private double? Cost(ModelVariant variant)
    {
        Bundle bundle = variant.Bundle;
        OperatingPoint point = bundle.Points[variant.Point];
        double dense = Costs.Predict([.. Dense.Steps.Select(s => Dense.Points[0].Rows[s.Output])]);
        if (Options.Objective == TuneObjective.Macs)
        {
            return bundle.Steps.Sum(s => LayerFinder.Work(bundle, s) * point.Rows[s.Output] / bundle.Points[0].Rows[s.Output]);
        }

        if (Options.Timings is null && Options.Board is null)
        {
            return dense * SpeedRatio.Measure(bundle, variant.Point, Dense, Cancel);
        }

        // The board is elsewhere: what its steps took, by their rows.
        bool same = bundle.Steps.Select(s => s.Name).SequenceEqual(Dense.Steps.Select(s => s.Name));
        return same ? Costs.Predict([.. bundle.Steps.Select(s => point.Rows[s.Output])]) : null;
    }
}
