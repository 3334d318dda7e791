using System.Globalization;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using ModelPacker.Data;
using ModelPacker.Perforate;
using ModelPacker.Pipeline;

namespace ModelPacker.Tune;

/// <summary>Searches from several networks without masks: from the dense one, and from the same for smaller pictures (<see cref="ResizedNetwork"/>). What is best for a speed-up may lie on any of
/// these ways, so each is followed for as long as it is not far behind the others.</summary>
/// <param name="dense">Dense bundle.</param>
/// <param name="spec">What its input and outputs mean.</param>
/// <param name="options">Choices.</param>
/// <param name="runner">Measures networks.</param>
/// <param name="pictures">Pictures that the search may see.</param>
/// <param name="measured">How many of them networks are measured with.</param>
/// <param name="costs">Costs of the steps.</param>
/// <param name="log">What was measured before.</param>
/// <param name="progress">Hears how far the work is.</param>
/// <param name="cancel">Stops it.</param>
internal sealed class RootSearch(Bundle dense, InputSpec spec, TuneOptions options, SampleRunner runner, IReadOnlyList<LabelledPicture> pictures, int measured,
    CostModel costs, SearchLog log, IPackProgress progress, CancellationToken cancel)
{
    private const int DifferenceSamples = 24;
    private const int ImpactSamples = 1000;

    // Where there is no other end, the search goes so far.
    private const double FarEnough = 8;

    // A way is given up when it has become so many times as much worse than the dense network as another one that costs no more, and noticeably so: ways cross, but not from afar.
    private const double FarBehind = 1.5;
    private const double Noticeable = 0.015;

    // What training brings differs from way to way, so what is trained before it is judged may be further behind.
    private const double FarBehindUntrained = 2.5;
    private const double NoticeableUntrained = 0.05;

    // So many ways to one speed-up are worth trying.
    private const int MostTried = 3;

    private readonly List<RouteState> _states = [];
    private readonly Dictionary<double, List<FoundPoint>> _found = [];
    private FoundPoint? _cheapest;

    /// <summary>Unit of costs.</summary>
    public string CostUnit => costs.Unit;

    /// <summary>Predicted cost of the dense network.</summary>
    public double DenseCost { get; private set; }

    /// <summary>Cost of the network as it was given. Where it was decomposed nobody has timed it: as many times more as it has more multiplications.</summary>
    public double GivenCost => DenseCost * options.LowRankSpeedUp;

    private Judgement Dense => _states[0].Quality;

    /// <summary>Cost of the cheapest network that was found.</summary>
    public double LeastCost => _states.Min(s => s.Cost);

    /// <summary>The networks found for a speed-up, at most one of each way, those that lose least first. Without a trial of them, one at most.</summary>
    public IReadOnlyList<FoundPoint> Found(double speedUp) => [.. _found.GetValueOrDefault(speedUp, []).OrderBy(f => f.Quality.Badness).Take(options.Trial > 0 ? MostTried : 1)];

    /// <summary>The cheapest network that loses at most so many points (or, where there are no classes, hundredths).</summary>
    public FoundPoint Cheapest(double most) => _cheapest! with { Name = string.Create(CultureInfo.InvariantCulture, $"loss{most}") };

    /// <summary>Networks of all ways that no other one is better than, from dense to cheap.</summary>
    public List<RouteState> Front()
    {
        List<RouteState> front = [_states[0]];
        foreach (RouteState state in _states.Skip(1).OrderBy(s => s.Cost).ThenBy(s => s.Quality.Badness).Reverse())
        {
            if (state.Cost < DenseCost && !_states.Exists(s => !ReferenceEquals(s, state) && s.Cost <= state.Cost && s.Quality.Badness <= state.Quality.Badness))
            {
                front.Add(state);
            }
        }

        return front;
    }

    /// <summary>Searches.</summary>
    /// <param name="plain">The dense network.</param>
    public void Run(SearchRoot plain)
    {
        DenseCost = Cost(dense);
        double target = options.SpeedUps.Count > 0 ? GivenCost / options.SpeedUps.Max() : DenseCost / FarEnough;
        _states.Add(Start(plain));
        _cheapest = new FoundPoint("", DenseCost, Dense, plain.Perforator.Compile(new Dictionary<int, Support>()), null, [], null);
        List<(SearchRoot Root, RouteState Start)> roots = [(plain, _states[0]), .. Resized(plain, target)];
        _states.AddRange(roots.Skip(1).Select(r => r.Start));
        foreach ((SearchRoot root, RouteState start) in roots)
        {
            cancel.ThrowIfCancellationRequested();
            if (IsWanted(root) && !IsFarBehind(start.Cost, start.Quality, root))
            {
                Follow(root, target);
            }
        }
    }

    private bool IsWanted(SearchRoot root) => root.Resized is not null || options.SmallerWidths.Count == 0 || options.SmallerWidths.Contains(root.Grids[dense.Inputs[0].Map].Width);

    private double Cost(Bundle bundle) => costs.Predict([.. bundle.Steps.Select(s => bundle.Points[0].Rows[s.Output])]);

    // The same network for smaller pictures, large ones first, and how good they are before anything is masked.
    private List<(SearchRoot Root, RouteState Start)> Resized(SearchRoot plain, double target)
    {
        List<(SearchRoot, RouteState)> found = [];
        if (!options.SmallerInput)
        {
            return found;
        }

        List<ResizedNetwork> ladder = options.SmallerWidths.Count == 0 ? InputLadder.Of(dense, plain.Grids, plain.Perforator) : InputLadder.Of(dense, plain.Grids, plain.Perforator, options.SmallerWidths);
        progress.Begin("smaller pictures alone", ladder.Count);
        foreach (ResizedNetwork resized in ladder)
        {
            cancel.ThrowIfCancellationRequested();
            SearchRoot root = new(resized.Bundle, resized.Grids, resized, runner.Feed(resized.Bundle, 0, pictures, plain.Seen, own: true));
            found.Add((root, Start(root)));
            progress.Advance(found.Count);
            if (Cost(root.Bundle) <= target)
            {
                break;
            }
        }

        progress.Advance(ladder.Count);
        return found;
    }

    private RouteState Start(SearchRoot root)
    {
        CandidateMeter meter = Meter(root, [], [], null);
        return new RouteState(Cost(root.Bundle), meter.Judge([]), root.Resized, new Dictionary<int, MaskChoice>());
    }

    // Beside the other ways.
    private bool IsFarBehind(double cost, Judgement quality, SearchRoot root) => _states.Exists(s => s.Resized != root.Resized && s.Cost <= cost && IsFarWorse(quality, s.Quality));

    private bool IsFarWorse(Judgement quality, Judgement than)
    {
        (double times, double noticeable) = options.Trial > 0 ? (FarBehindUntrained, NoticeableUntrained) : (FarBehind, Noticeable);
        return quality.Badness - than.Badness > Math.Max(noticeable, (times - 1) * (than.Badness - Dense.Badness));
    }

    private void Follow(SearchRoot root, double target)
    {
        IPackProgress shown = root.Resized is { } resized ? new StageProgress(progress, $" at {resized.Size.Width}x{resized.Size.Height}") : progress;
        Dictionary<int, StandInErrors> errors = Errors(root, shown);
        List<TuneLayer> layers = FindLayers(root, errors, shown);
        using PointFitter? fitter = options.Correct ? new PointFitter(root.Bundle, root.Seen, options.Threads, cancel) : null;
        CandidateMeter meter = Meter(root, layers, errors, fitter, shown);
        GreedySearch search = new(meter, options.Kinds, options.Draws, shown, cancel);
        List<GreedySearch.State> path = search.Run(Cost(root.Bundle) / target, s => s.Corrected is { } c && (TooFar(c.Top1) || IsFarBehind(s.Cost, meter.Judge(s.Choices), root)));
        _states.AddRange(path.Where(s => s.Corrected is not null && s.Choices.Any(c => c.Rung > 0)).Select(s => new RouteState(s.Cost, meter.Judge(s.Choices), root.Resized,
            s.Choices.Select((c, l) => (c, layers[l].Step)).ToDictionary(p => p.Step, p => p.c))));
        Keep(root, meter, search, path, shown);
    }

    private bool TooFar(double? top1) => options.SpeedUps.Count == 0 && Dense.Top1 - top1 > (options.MaxLoss ?? 1) + 2;

    private void Keep(SearchRoot root, CandidateMeter meter, GreedySearch search, List<GreedySearch.State> path, IPackProgress shown)
    {
        shown.Begin("relax points", options.SpeedUps.Count);
        int done = 0;
        foreach (double speedUp in options.SpeedUps)
        {
            if (speedUp > options.LowRankSpeedUp && path.Find(s => GivenCost / s.Cost >= speedUp) is { } state)
            {
                FoundPoint? best = Found(speedUp).FirstOrDefault();
                if (best is null || !IsFarWorse(meter.Judge(state.Choices), best.Quality))
                {
                    GreedySearch.State relaxed = search.Relax(state, GivenCost / speedUp);
                    if (best is null || options.Trial > 0 || meter.Judge(relaxed.Choices).Badness < best.Quality.Badness)
                    {
                        List<FoundPoint> found = _found.TryGetValue(speedUp, out List<FoundPoint>? earlier) ? earlier : _found[speedUp] = [];
                        found.Add(Make(string.Create(CultureInfo.InvariantCulture, $"{speedUp}x"), root, meter, relaxed));
                    }
                }
            }

            shown.Advance(++done);
        }

        if (options.MaxLoss is { } most)
        {
            GreedySearch.State? last = Dense.Top1 is null ? path.FindLast(s => s.Corrected is not null && 100 * (meter.Judge(s.Choices).Loss - Dense.Loss) <= most) : path.FindLast(s => Dense.Top1 - s.Corrected?.Top1 <= most);
            if (last is not null && last.Cost < _cheapest!.Cost)
            {
                _cheapest = Make("", root, meter, last);
            }
        }
    }

    private FoundPoint Make(string name, SearchRoot root, CandidateMeter meter, GreedySearch.State state)
    {
        PointTables tables = meter.Compile(state.Choices);
        PerforatedStep[] masks = [.. meter.Masks(state.Choices).OrderBy(s => s.Key).Select(s =>
        {
            (int height, int width) = root.Grids[dense.Steps[s.Key].Output];
            return new PerforatedStep(s.Key, KindOf(meter, state, s.Key), s.Value.Kept, s.Value.Ties(height, width));
        })];
        return new FoundPoint(name, state.Cost, meter.Judge(state.Choices), tables, meter.Constants(tables), masks, root.Resized);
    }

    private static string KindOf(CandidateMeter meter, GreedySearch.State state, int step)
    {
        int layer = Enumerable.Range(0, meter.Layers.Count).First(l => meter.Layers[l].Step == step || (state.Choices[l].Wide && meter.Layers[l].Partners.Contains(step)));
        return MaskKinds.NameOf(state.Choices[layer].Kind);
    }

    private CandidateMeter Meter(SearchRoot root, IReadOnlyList<TuneLayer> layers, Dictionary<int, StandInErrors> errors, PointFitter? fitter, IPackProgress? shown = null)
    {
        NestedImpacts? nested = shown is not null && options.Kinds.Contains(MaskKind.IterativeImpact) ? Nested(root, errors, shown) : null;
        return new CandidateMeter(root, layers, options.Seed, runner, fitter, new DivergenceEstimate(errors), Correct.Spread.Evenly(root.Seen, measured), options.Loss, costs, log, nested,
            new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancel });
    }

    // Networks that cannot be differentiated are searched without.
    private Dictionary<int, StandInErrors> Errors(SearchRoot root, IPackProgress shown)
    {
        int[] steps = [.. LayerFinder.Find(root.Bundle, root.Grids, root.Perforator, _ => null, _ => null).SelectMany(l => l.Partners.Append(l.Step)).Distinct()];
        try
        {
            return steps.Length == 0 ? [] : SensitivityEstimate.Of(root.Bundle, root.Grids, steps, spec, root.Seen, options.Seed, options.Threads, shown, cancel);
        }
        catch (EdgeRuntimeException e)
        {
            if (root.Resized is null)
            {
                progress.Warn($"The search does without gradients and so without masks of kind 'fisher'. {e.Message}");
            }

            return [];
        }
    }

    private List<TuneLayer> FindLayers(SearchRoot root, Dictionary<int, StandInErrors> errors, IPackProgress shown)
    {
        Dictionary<int, double[]> impacts = options.Kinds.Contains(MaskKind.Impact) ? Impacts(root, [.. errors.Keys], shown) : [];
        return LayerFinder.Find(root.Bundle, root.Grids, root.Perforator, impacts.GetValueOrDefault, errors.GetValueOrDefault);
    }

    // What has no classes, or no gradients, has no log-loss to weigh sites by.
    private Dictionary<int, double[]> Impacts(SearchRoot root, int[] steps, IPackProgress shown)
    {
        if (spec.Task != VisionTask.Classification || steps.Length == 0)
        {
            return DifferenceWeights.Of(root.Bundle, root.Grids, root.Perforator, Correct.Spread.Evenly(root.Seen, DifferenceSamples), shown, cancel);
        }

        IReadOnlyList<TuneSample> used = Correct.Spread.Evenly(root.Seen, ImpactSamples);
        shown.Begin("impact of sites", used.Count);
        return ImpactWeights.Of(root.Bundle, 0, steps, spec, used, options.Threads, shown.Advance, cancel);
    }

    private NestedImpacts Nested(SearchRoot root, Dictionary<int, StandInErrors> errors, IPackProgress shown)
        => spec.Task == VisionTask.Classification && errors.Count > 0 ? new NestedImpacts(root.Bundle, spec, root.Seen, options.Threads, shown, cancel)
            : throw new EdgeRuntimeException("'--mask iterative-impact' needs a classifier that can be differentiated: it weighs sites by the gradient of the log-loss. Use '--mask impact' or 'auto'.", 2);
}
