using System.Globalization;
using System.Text.Json;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using ModelPacker.Data;
using ModelPacker.Emit;
using ModelPacker.Perforate;
using ModelPacker.Pipeline;
using ModelPacker.Report;

namespace ModelPacker.Tune;

/// <summary>Searches operating points for a dense bundle and puts them into it.</summary>
/// <param name="dense">The bundle; its constants stay in use as long as the result is.</param>
/// <param name="grids">Grids of its maps.</param>
/// <param name="spec">What its input and outputs mean.</param>
/// <param name="options">Choices.</param>
/// <param name="progress">Hears how far the work is.</param>
/// <param name="cancel">Stops it; what was measured is in the log.</param>
/// <param name="variants">Remakes the network for baselines; null where there is no ONNX file.</param>
public sealed class Tuner(Bundle dense, (int Height, int Width)[] grids, InputSpec spec, TuneOptions options, IPackProgress progress, CancellationToken cancel,
    ModelVariants? variants = null)
{
    // Multiply-accumulates that one measurement in the search may take: a second or two on two cores.
    private const double MeasurementMacs = 2e11;
    private const int FewestSamples = 128;
    private const int MostSamples = 1000;
    private const int DifferenceSamples = 24;
    private const int ImpactSamples = 1000;

    // One picture in so many is held back.
    private const int HeldBack = 3;

    private readonly Perforator _perforator = new(dense);
    private readonly BoardProfile? _board = BoardOf(options);

    /// <summary>Runs the search.</summary>
    /// <param name="pictures">Pictures, labelled or not.</param>
    /// <param name="header">What identifies the data and the options in the log.</param>
    /// <exception cref="EdgeRuntimeException">Too few pictures, nothing to perforate, or the log cannot be used.</exception>
    public TuneResult Run(IReadOnlyList<LabelledPicture> pictures, string header)
    {
        if (pictures.Count < 2 * HeldBack)
        {
            throw new EdgeRuntimeException($"{pictures.Count} pictures are too few to search with and hold some back. Give a hundred or more.", 2);
        }

        bool labelled = spec.Task == VisionTask.Classification && pictures.All(p => p.Label >= 0);
        SampleRunner runner = new(spec, labelled, options.Threads, cancel);
        progress.Begin("prepare pictures", pictures.Count);
        TuneSample[] samples = runner.Prepare(dense, pictures, progress.Advance);
        SampleRunner.CheckLabels(samples, pictures, spec);
        TuneSample[] held = [.. samples.Where((_, i) => IsHeldBack(i))];
        TuneSample[] seen = [.. samples.Where((_, i) => !IsHeldBack(i))];
        int count = (int)Math.Clamp(MeasurementMacs / dense.Macs(dense.Points[0]), FewestSamples, MostSamples);
        TuneSample[] searched = [.. Correct.Spread.Evenly(seen, count)];

        Dictionary<int, StandInErrors> errors = Errors(seen);
        List<TuneLayer> layers = FindLayers(seen, errors);
        if (layers.Count == 0)
        {
            throw new EdgeRuntimeException("This network has no k×k convolution that can be perforated: what it has reads one number per channel, or is an answer itself.", 3);
        }

        using SearchLog log = options.Log is null ? SearchLog.InMemory() : SearchLog.Open(options.Log, header, options.Resume);
        CostModel costs = Costs(layers, log);
        using PointFitter? fitter = options.Correct ? new PointFitter(dense, seen, options.Threads, cancel) : null;
        CandidateMeter meter = new(dense, _perforator, layers, options.Seed, runner, fitter, new DivergenceEstimate(errors), searched, options.Loss, costs, log,
            options.Kinds.Contains(MaskKind.IterativeImpact) ? Nested(seen, errors) : null, new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancel });
        GreedySearch search = new(meter, options.Kinds, options.Draws, progress, cancel);
        double largest = options.SpeedUps.Count > 0 ? options.SpeedUps.Max() : 8;
        List<GreedySearch.State> path = search.Run(largest, s => options.SpeedUps.Count == 0 && TooFar(s, path0: search.Dense!));
        BaselineMeter? baselines = null;
        if (options.Baselines)
        {
            baselines = new()
            {
                Dense = dense,
                Grids = grids,
                Perforator = _perforator,
                Fitter = fitter,
                Costs = costs,
                Options = options,
                Variants = variants,
                Runner = other => other is null ? runner : new SampleRunner(other, labelled, options.Threads, cancel),
                Held = held,
                Pictures = [.. pictures.Where((_, i) => IsHeldBack(i))],
                Progress = progress,
                Cancel = cancel,
            };
            baselines.Run();
        }

        return Finish(path, search, meter, runner, fitter, held, labelled, baselines);
    }

    private static bool IsHeldBack(int picture) => picture % HeldBack == HeldBack - 1;

    private bool TooFar(GreedySearch.State state, GreedySearch.State path0)
        => state.Corrected?.Top1 is { } top1 && path0.Top1 is { } best && best - top1 > (options.MaxLoss ?? 1) + 2;

    private TuneResult Finish(List<GreedySearch.State> path, GreedySearch search, CandidateMeter meter, SampleRunner runner, PointFitter? fitter, TuneSample[] held, bool labelled,
        BaselineMeter? baselines)
    {
        List<(string Name, GreedySearch.State State)> chosen = [];
        progress.Begin("relax points", options.SpeedUps.Count);
        foreach (double speedUp in options.SpeedUps)
        {
            if (path.Find(s => path[0].Cost / s.Cost >= speedUp) is { } state)
            {
                chosen.Add((string.Create(CultureInfo.InvariantCulture, $"{speedUp}x"), search.Relax(state, path[0].Cost / speedUp)));
                progress.Advance(chosen.Count);
            }
            else
            {
                progress.Warn(string.Create(CultureInfo.InvariantCulture, $"{speedUp}× is out of reach: with every layer at the end of the ladder the network is {path[0].Cost / path[^1].Cost:f2}× as fast."));
            }
        }

        if (options.MaxLoss is { } most)
        {
            GreedySearch.State? last = path[0].Top1 is { } best
                ? path.FindLast(s => best - s.Corrected?.Top1 <= most)
                : path.FindLast(s => 100 * (s.Corrected?.Loss - path[0].Loss) <= most);
            chosen.Add((string.Create(CultureInfo.InvariantCulture, $"loss{most}"), last ?? path[0]));
        }

        progress.Begin("measure points", chosen.Count + 1);
        PointAssembler assembler = new(dense);
        List<PerforatedStep[]> masks = [[]];
        foreach ((string name, GreedySearch.State state) in chosen)
        {
            PointTables tables = meter.Compile(state.Choices);
            assembler.Add(name, tables, meter.Constants(tables));
            Dictionary<int, Support> supports = meter.Masks(state.Choices);
            masks.Add([.. supports.OrderBy(s => s.Key).Select(s =>
            {
                (int height, int width) = grids[dense.Steps[s.Key].Output];
                return new PerforatedStep(s.Key, KindOf(meter, state, s.Key), s.Value.Kept, s.Value.Ties(height, width));
            })]);
        }

        Bundle bundle = assembler.Build([new PerforationSection(grids, [.. masks]).ToExtra(), new BundleExtra(SearchTrace.Name, Describe(path, meter, baselines))]);
        using EdgeModel model = EdgeModel.Load(bundle);
        PointQuality exact = runner.Measure(model, 0, held);
        progress.Advance(1);
        List<TunedPoint> points = [];
        for (int i = 0; i < chosen.Count; i++)
        {
            (string name, GreedySearch.State state) = chosen[i];
            PointQuality quality = runner.Measure(model, i + 1, held);
            PointQuality? without = fitter is null ? null : Uncorrected(meter, state, runner, held);
            points.Add(new TunedPoint(name, state.Choices, path[0].Cost / state.Cost, quality, without));
            progress.Advance(i + 2);
        }

        Record(bundle, model, path[0], chosen.ConvertAll(c => c.State), exact, points, meter);
        return new TuneResult(bundle, exact, points, meter.Layers, labelled) { Baselines = baselines?.Found ?? [], MissingBaselines = baselines?.Missing ?? [] };
    }

    private static string KindOf(CandidateMeter meter, GreedySearch.State state, int step)
    {
        int layer = Enumerable.Range(0, meter.Layers.Count).First(l => meter.Layers[l].Step == step || (state.Choices[l].Wide && meter.Layers[l].Partners.Contains(step)));
        return MaskKinds.NameOf(state.Choices[layer].Kind);
    }

    private PointQuality Uncorrected(CandidateMeter meter, GreedySearch.State state, SampleRunner runner, TuneSample[] held)
    {
        PointAssembler plain = new(dense);
        plain.Add("plain", meter.Compile(state.Choices));
        return runner.Measure(plain.Build([]), 1, held);
    }

    private void Record(Bundle bundle, EdgeModel model, GreedySearch.State start, List<GreedySearch.State> states, PointQuality exact, List<TunedPoint> points, CandidateMeter meter)
    {
        PointMeasures.Record(model);
        for (int i = 0; i < bundle.Points.Length; i++)
        {
            OperatingPoint point = bundle.Points[i];
            GreedySearch.State state = i == 0 ? start : states[i - 1];
            PointQuality quality = i == 0 ? exact : points[i - 1].Quality;
            point.Figures["loss"] = quality.Loss;
            point.Figures["n"] = quality.N;
            point.Figures["speedup"] = start.Cost / state.Cost;
            if (quality.Top1 is { } top1)
            {
                point.Figures["top1"] = top1;
            }

            if (meter.CostUnit == "ms")
            {
                point.Figures["predicted_ms"] = state.Cost;
                if (_board?.Watts is { } watts)
                {
                    point.Figures["predicted_mj"] = state.Cost * watts;
                }
            }
        }
    }

    // The way of the search, for reports.
    private static byte[] Describe(List<GreedySearch.State> path, CandidateMeter meter, BaselineMeter? baselines)
    {
        return JsonSection.Write(JsonSerializer.SerializeToUtf8Bytes(new
        {
            unit = meter.CostUnit,
            layers = meter.Layers.Select(l => l.Name),
            path = path.Where(s => s.Corrected is not null).Select(s => new { loss = s.Corrected!.Value.Loss, top1 = s.Corrected.Value.Top1, cost = s.Cost, shares = s.Choices.Select(c => Ladder.Shares[c.Rung]), kinds = s.Choices.Select(c => c.Rung == 0 ? "" : MaskKinds.NameOf(c.Kind)) }),
            baselines = (baselines?.Found ?? []).Select(b => new
            {
                name = b.Name,
                kind = b.Kind,
                share = b.Share,
                size = b.Size,
                corrected = b.Corrected,
                cost = b.Cost,
                macs = b.Macs,
                loss = b.Quality.Loss,
                top1 = b.Quality.Top1,
                n = b.Quality.N,
            }),
            missing_baselines = (baselines?.Missing ?? []).Select(m => new { name = m.Name, kind = m.Kind, reason = m.Reason }),
        }));
    }

    // Power is constant at full load, so least energy is least time; what energy needs is a board whose power is known.
    private static BoardProfile? BoardOf(TuneOptions options)
    {
        BoardProfile? board = options.Board is null ? null : BoardProfile.Read(options.Board);
        return options.Objective != TuneObjective.Energy || board?.Watts is not null ? board
            : throw new EdgeRuntimeException(board is null ? "'--objective energy' needs a board whose power is known: add '--board pi4'."
                : $"Nobody has measured the power of a {board.Title} yet, so energy cannot be predicted. Use '--objective time', or add \"watts\" to its profile.", 2);
    }

    // Networks that cannot be differentiated are searched without.
    private Dictionary<int, StandInErrors> Errors(TuneSample[] seen)
    {
        int[] steps = [.. LayerFinder.Find(dense, grids, _perforator, _ => null, _ => null).SelectMany(l => l.Partners.Append(l.Step)).Distinct()];
        try
        {
            return steps.Length == 0 ? [] : SensitivityEstimate.Of(dense, grids, steps, spec, seen, options.Seed, options.Threads, progress, cancel);
        }
        catch (EdgeRuntimeException e)
        {
            progress.Warn($"The search does without gradients and so without masks of kind 'fisher'. {e.Message}");
            return [];
        }
    }

    private List<TuneLayer> FindLayers(TuneSample[] seen, Dictionary<int, StandInErrors> errors)
    {
        Dictionary<int, double[]> impacts = options.Kinds.Contains(MaskKind.Impact) ? Impacts(seen, [.. errors.Keys]) : [];
        return LayerFinder.Find(dense, grids, _perforator, impacts.GetValueOrDefault, errors.GetValueOrDefault);
    }

    // What has no classes, or no gradients, has no log-loss to weigh sites by.
    private Dictionary<int, double[]> Impacts(TuneSample[] seen, int[] steps)
    {
        if (spec.Task != VisionTask.Classification || steps.Length == 0)
        {
            return DifferenceWeights.Of(dense, grids, _perforator, Correct.Spread.Evenly(seen, DifferenceSamples), progress, cancel);
        }

        IReadOnlyList<TuneSample> used = Correct.Spread.Evenly(seen, ImpactSamples);
        progress.Begin("impact of sites", used.Count);
        return ImpactWeights.Of(dense, 0, steps, spec, used, options.Threads, progress.Advance, cancel);
    }

    private NestedImpacts Nested(TuneSample[] seen, Dictionary<int, StandInErrors> errors)
        => spec.Task == VisionTask.Classification && errors.Count > 0 ? new NestedImpacts(dense, spec, seen, options.Threads, progress, cancel)
            : throw new EdgeRuntimeException("'--mask iterative-impact' needs a classifier that can be differentiated: it weighs sites by the gradient of the log-loss. Use '--mask impact' or 'auto'.", 2);

    private CostModel Costs(List<TuneLayer> layers, SearchLog log)
    {
        if (options.Objective == TuneObjective.Macs)
        {
            OperatingPoint point = dense.Points[0];
            return new CostModel("mac", [.. dense.Steps.Select(s => new[] { (point.Rows[s.Output], LayerFinder.Work(dense, s)) })]);
        }

        if (_board is not null && options.Timings is null)
        {
            return _board.Costs(dense);
        }

        if (options.Timings is { } file)
        {
            return TimingFile.Read(file, dense);
        }

        if (log.Recall("costs") is { } noted)
        {
            return CostModel.Parse(noted);
        }

        progress.Begin("time the layers", 0);
        CostModel measured = StepTimer.Measure(dense, _perforator, layers, (_, _) => { }, cancel);
        log.Note("costs", measured.ToText());
        return measured;
    }
}
