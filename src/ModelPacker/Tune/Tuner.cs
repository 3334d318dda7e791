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
/// <param name="train">Trains all points of a bundle for <see cref="TuneOptions.Trial"/> batches and measures them; null where that is 0.</param>
public sealed class Tuner(Bundle dense, (int Height, int Width)[] grids, InputSpec spec, TuneOptions options, IPackProgress progress, CancellationToken cancel,
    ModelVariants? variants = null, Func<Bundle, IReadOnlyList<PointQuality>>? train = null)
{
    // Multiply-accumulates that one measurement in the search may take: a second or two on two cores.
    private const double MeasurementMacs = 2e11;
    private const int FewestSamples = 128;
    private const int MostSamples = 1000;

    // One picture in so many is held back.
    private const int HeldBack = 3;

    /// <summary>Pictures that a search needs at the very least.</summary>
    public const int FewestPictures = 2 * HeldBack;

    private readonly BoardProfile? _board = BoardOf(options);

    /// <summary>Runs the search.</summary>
    /// <param name="pictures">Pictures, labelled or not.</param>
    /// <param name="header">What identifies the data and the options in the log.</param>
    /// <exception cref="EdgeRuntimeException">Too few pictures, nothing to perforate, or the log cannot be used.</exception>
    public TuneResult Run(IReadOnlyList<LabelledPicture> pictures, string header)
    {
        if (pictures.Count < FewestPictures)
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

        SearchRoot plain = new(dense, grids, null, seen);
        List<TuneLayer> layers = LayerFinder.Find(dense, grids, plain.Perforator, _ => null, _ => null);
        if (layers.Count == 0)
        {
            throw new EdgeRuntimeException("This network has no k×k convolution that can be perforated: what it has reads one number per channel, or is an answer itself.", 3);
        }

        using SearchLog log = options.Log is null ? SearchLog.InMemory() : SearchLog.Open(options.Log, header, options.Resume);
        CostModel costs = Costs(layers, log);
        using PointFitter? fitter = options.Correct ? new PointFitter(dense, seen, options.Threads, cancel) : null;
        RootSearch search = new(dense, spec, options, runner, [.. pictures.Where((_, i) => !IsHeldBack(i))], count, costs, log, progress, cancel);
        search.Run(plain);
        BaselineMeter? baselines = null;
        if (options.Baselines)
        {
            baselines = new()
            {
                Dense = dense,
                Grids = grids,
                Perforator = plain.Perforator,
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

        CandidateTrial? trial = train is null ? null : new CandidateTrial(dense, train, log);
        return Finish(search, trial, layers, runner, fitter, held, [.. pictures.Where((_, i) => IsHeldBack(i))], labelled, baselines);
    }

    private static bool IsHeldBack(int picture) => picture % HeldBack == HeldBack - 1;

    private TuneResult Finish(RootSearch search, CandidateTrial? trial, List<TuneLayer> layers, SampleRunner runner, PointFitter? fitter, TuneSample[] held, LabelledPicture[] heldPictures, bool labelled, BaselineMeter? baselines)
    {
        List<IReadOnlyList<FoundPoint>> found = [];
        foreach (double speedUp in options.SpeedUps)
        {
            if (speedUp <= options.LowRankSpeedUp)
            {
                progress.Warn(string.Create(CultureInfo.InvariantCulture, $"{speedUp}× needs no point of its own: low rank alone makes it {options.LowRankSpeedUp:f2}×, at the point '{dense.Points[0].Name}'."));
            }
            else if (search.Found(speedUp) is { Count: > 0 } ways)
            {
                found.Add(ways);
            }
            else
            {
                progress.Warn(string.Create(CultureInfo.InvariantCulture, $"{speedUp}× is out of reach: with every layer at the end of the ladder the network is {search.GivenCost / search.LeastCost:f2}× as fast."));
            }
        }

        List<FoundPoint> chosen = trial?.Choose(found) ?? [.. found.Select(w => w[0])];
        if (options.MaxLoss is { } most)
        {
            chosen.Add(search.Cheapest(most));
        }

        progress.Begin("measure points", chosen.Count + 1);
        PointAssembler assembler = new(dense);
        chosen.ForEach(f => assembler.Add(f.Name, f.Tables, f.Constants));
        PerforationSection section = new(grids, [[], .. chosen.Select(f => f.Masks)]);
        Bundle bundle = assembler.Build([section.ToExtra(), new BundleExtra(SearchTrace.Name, Describe(search, layers, baselines))]);
        using EdgeModel model = EdgeModel.Load(bundle);
        PointQuality exact = runner.Measure(model, 0, held);
        progress.Advance(1);
        List<TunedPoint> points = [];
        for (int i = 0; i < chosen.Count; i++)
        {
            FoundPoint point = chosen[i];
            TuneSample[] fed = point.Resized is null ? held : runner.Feed(bundle, i + 1, heldPictures, held);
            PointQuality quality = runner.Measure(model, i + 1, fed);
            PointQuality? without = fitter is null ? null : Uncorrected(point, runner, fed);
            points.Add(new TunedPoint(point.Name, [.. layers.Select(l => LayerOf(point, l))], quality, without));
            progress.Advance(i + 2);
        }

        Record(bundle, model, search, chosen, exact, points);
        return new TuneResult(bundle, exact, points, labelled) { Baselines = baselines?.Found ?? [], MissingBaselines = baselines?.Missing ?? [], Tried = trial?.Tried ?? [] };
    }

    private TunedLayer LayerOf(FoundPoint found, TuneLayer layer)
    {
        int map = dense.Steps[layer.Step].Output;
        PerforatedStep? mask = Array.Find(found.Masks, m => m.Step == layer.Step);
        int computed = mask?.Kept.Length ?? (found.Resized?.Tables.Rows[map] ?? dense.Points[0].Rows[map]);
        return new TunedLayer(layer.Name, 1 - ((double)computed / dense.Points[0].Rows[map]), mask?.Kind);
    }

    private PointQuality Uncorrected(FoundPoint found, SampleRunner runner, TuneSample[] held)
    {
        PointAssembler plain = new(dense);
        plain.Add("plain", found.Tables);
        return runner.Measure(plain.Build([]), 1, held);
    }

    private void Record(Bundle bundle, EdgeModel model, RootSearch search, List<FoundPoint> chosen, PointQuality exact, List<TunedPoint> points)
    {
        PointMeasures.Record(model);
        for (int i = 0; i < bundle.Points.Length; i++)
        {
            OperatingPoint point = bundle.Points[i];
            double cost = i == 0 ? search.DenseCost : chosen[i - 1].Cost;
            PointQuality quality = i == 0 ? exact : points[i - 1].Quality;
            point.Figures["loss"] = quality.Loss;
            point.Figures["n"] = quality.N;
            point.Figures["speedup"] = search.GivenCost / cost;
            if (quality.Top1 is { } top1)
            {
                point.Figures["top1"] = top1;
            }

            if (search.CostUnit == "ms")
            {
                point.Figures["predicted_ms"] = cost;
                if (_board?.Watts is { } watts)
                {
                    point.Figures["predicted_mj"] = cost * watts;
                }
            }
        }
    }

    // The way of the search, for reports.
    private static byte[] Describe(RootSearch search, List<TuneLayer> layers, BaselineMeter? baselines)
    {
        return JsonSection.Write(JsonSerializer.SerializeToUtf8Bytes(new
        {
            unit = search.CostUnit,
            layers = layers.Select(l => l.Name),
            path = search.Front().Select(s => new
            {
                loss = s.Quality.Loss,
                top1 = s.Quality.Top1,
                cost = s.Cost,
                input = s.Resized is { } resized ? new[] { resized.Size.Height, resized.Size.Width } : null,
                shares = layers.Select(l => s.Layers.TryGetValue(l.Step, out MaskChoice c) ? Ladder.Shares[c.Rung] : 1),
                kinds = layers.Select(l => s.Layers.TryGetValue(l.Step, out MaskChoice c) && c.Rung > 0 ? MaskKinds.NameOf(c.Kind) : ""),
            }),
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
        CostModel measured = StepTimer.Measure(dense, new Perforator(dense), layers, (_, _) => { }, cancel);
        log.Note("costs", measured.ToText());
        return measured;
    }
}
