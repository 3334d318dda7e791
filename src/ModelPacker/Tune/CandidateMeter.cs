using EdgeRuntime.Bundles;
using ModelPacker.Perforate;

namespace ModelPacker.Tune;

/// <summary>Turns choices of masks into operating points and measures them; every result is kept, so that nothing is measured twice, even after an interruption.</summary>
internal sealed class CandidateMeter(SearchRoot root, IReadOnlyList<TuneLayer> layers, int seed, SampleRunner runner, PointFitter? fitter, DivergenceEstimate divergence,
    IReadOnlyList<TuneSample> samples, SearchLoss loss, CostModel costs, SearchLog log, NestedImpacts? nested, ParallelOptions parallel) : ICandidateMeter
{
    private readonly Dictionary<(int Layer, MaskChoice Choice), Support> _supports = [];

    // The network that the search goes on from: sites kept and their weights, per layer.
    private (int Step, IReadOnlyDictionary<int, Support> Masks, double[][] Impacts)? _accepted;

    /// <summary>Unit of costs.</summary>
    public string CostUnit => costs.Unit;

    /// <inheritdoc/>
    public IReadOnlyList<TuneLayer> Layers => layers;

    /// <summary>Compiles choices, one per layer.</summary>
    public PointTables Compile(IReadOnlyList<MaskChoice> choices) => root.Perforator.Compile(Masks(choices));

    /// <summary>Supports by step.</summary>
    public Dictionary<int, Support> Masks(IReadOnlyList<MaskChoice> choices)
    {
        Dictionary<int, Support> masks = [];
        for (int l = 0; l < choices.Count; l++)
        {
            if (choices[l].Rung == 0)
            {
                continue;
            }

            Support support = SupportOf(l, choices[l]);
            masks[layers[l].Step] = support;
            if (choices[l].Wide)
            {
                Array.ForEach(layers[l].Partners, s => masks[s] = support);
            }
        }

        return masks;
    }

    /// <inheritdoc/>
    public double Cost(IReadOnlyList<MaskChoice> choices)
    {
        int[] rows = Compile(choices).Rows;
        return costs.Predict([.. root.Bundle.Steps.Select(s => rows[s.Output])]);
    }

    /// <summary>Re-fitted constants of compiled choices, or null where the steps' own answer better.</summary>
    public Dictionary<int, CorrectedConstants>? Constants(PointTables tables) => Better(tables).Constants;

    /// <summary>Loss and top-1 on the search pictures.</summary>
    public (double Loss, double? Top1) Quality(IReadOnlyList<MaskChoice> choices)
        => Measured(root.Key + SearchLog.Key(choices), () => runner.Measure(Assemble(Compile(choices), null), 1, samples));

    /// <inheritdoc/>
    public (double Loss, double? Top1) Corrected(IReadOnlyList<MaskChoice> choices)
        => fitter is null || choices.All(c => c.Rung == 0) ? Quality(choices) : Measured(CorrectedKey(choices), () => Better(Compile(choices)).Quality);

    /// <inheritdoc/>
    public void Prepare(IReadOnlyCollection<(int Layer, MaskChoice Choice)> moves)
    {
        (int Layer, MaskChoice Choice)[] missing = [.. moves.Select(m => (m.Layer, Choice: m.Choice with { Wide = false })).Distinct()
            .Where(m => m.Choice.Kind != MaskKind.IterativeImpact && !_supports.ContainsKey(m))];
        Support[] made = new Support[missing.Length];
        Parallel.For(0, missing.Length, parallel, i => made[i] = Make(missing[i].Layer, missing[i].Choice));
        for (int i = 0; i < missing.Length; i++)
        {
            _supports.Add(missing[i], made[i]);
        }
    }

    /// <inheritdoc/>
    public double? Estimate(IReadOnlyList<MaskChoice> choices)
        => divergence.IsKnown ? divergence.Of(Masks(choices)) : null;

    /// <inheritdoc/>
    public void Accept(IReadOnlyList<MaskChoice> choices, int step)
    {
        if (nested is not null)
        {
            Dictionary<int, Support> masks = Masks(choices);
            _accepted = (step, masks, nested.Of(layers, masks, root.Perforator.Compile(masks), step));
        }
    }

    /// <summary>What is reported of choices with re-fitted constants.</summary>
    public Judgement Judge(IReadOnlyList<MaskChoice> choices)
    {
        Corrected(choices);
        (_, double? top1, double reported) = log.Find(CorrectedKey(choices))!.Value;
        return new Judgement(reported, top1);
    }

    private string CorrectedKey(IReadOnlyList<MaskChoice> choices)
        => root.Key + SearchLog.Key(choices) + (fitter is null || choices.All(c => c.Rung == 0) ? "" : " corrected");

    private (double Loss, double? Top1) Measured(string key, Func<PointQuality> measure)
    {
        if (log.Find(key) is { } known)
        {
            return (known.Loss, known.Top1);
        }

        PointQuality quality = measure();
        log.Add(key, Steering(quality), quality.Top1, quality.Loss);
        return (Steering(quality), quality.Top1);
    }

    private (Dictionary<int, CorrectedConstants>? Constants, PointQuality Quality) Better(PointTables tables)
    {
        PointQuality plain = runner.Measure(Assemble(tables, null), 1, samples);
        if (fitter?.Fit(tables) is not { Count: > 0 } fitted)
        {
            return (null, plain);
        }

        PointQuality corrected = runner.Measure(Assemble(tables, fitted), 1, samples);
        return Steering(corrected) < Steering(plain) ? (fitted, corrected) : (null, plain);
    }

    private double Steering(PointQuality quality) => loss == SearchLoss.Labels ? quality.Loss : quality.Divergence;

    private Bundle Assemble(PointTables tables, Dictionary<int, CorrectedConstants>? constants)
    {
        PointAssembler assembler = new(root.Bundle);
        assembler.Add("candidate", tables, constants);
        return assembler.Build([]);
    }

    private Support SupportOf(int layer, MaskChoice choice)
    {
        MaskChoice key = choice with { Wide = false };
        if (!_supports.TryGetValue((layer, key), out Support? support))
        {
            support = choice.Kind == MaskKind.IterativeImpact ? Within(layer, choice) : Make(layer, choice);
            _supports.Add((layer, key), support);
        }

        return support;
    }

    private Support Make(int layer, MaskChoice choice) => layers[layer].Masks.Make(choice.Kind, Ladder.Shares[choice.Rung], HashCode(seed, layer, choice.Draw));

    private Support Within(int layer, MaskChoice choice)
    {
        if (_accepted is not { } now || now.Step != choice.Draw)
        {
            throw new InvalidOperationException($"A mask of step {choice.Draw} can only be made at that step.");
        }

        double[] impacts = now.Impacts[layer];
        int[] kept = now.Masks.GetValueOrDefault(layers[layer].Step)?.Kept ?? [.. Enumerable.Range(0, impacts.Length)];
        return layers[layer].Masks.MakeWithin(kept, impacts, Ladder.Shares[choice.Rung], HashCode(seed, layer, choice.Draw));
    }

    // System.HashCode differs from run to run.
    private static int HashCode(int a, int b, int c) => unchecked((((a * 486187739) + b) * 486187739) + c);
}
