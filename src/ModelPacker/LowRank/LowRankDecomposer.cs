using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Sessions;
using ModelPacker.Correct;
using ModelPacker.Emit;
using ModelPacker.Lower;
using ModelPacker.Pipeline;

namespace ModelPacker.LowRank;

/// <summary>Replaces k×k convolutions of an fp32 network by fewer k×k filters and a 1×1 convolution behind them.</summary>
/// <remarks>Layer after layer from the input on, each fitted to the exact network's responses with the inputs that it gets from the layers before (Zhang, Zou, He and Sun, "Accelerating Very Deep Convolutional Networks
/// for Classification and Detection", TPAMI 2016). The first factor keeps the layer's name: masks and reports know it by that.</remarks>
/// <param name="pictures">What feeds each calibration picture to a session.</param>
/// <param name="threads">Threads.</param>
/// <param name="progress">Hears how far the work is.</param>
/// <param name="cancel">Stops it.</param>
internal sealed class LowRankDecomposer(IReadOnlyList<Action<Session>> pictures, int threads, IPackProgress progress, CancellationToken cancel)
{
    private const int MostPictures = 256;

    private readonly IReadOnlyList<Action<Session>> _pictures = Spread.Evenly(pictures, MostPictures);

    /// <summary>Decomposes as much as is needed.</summary>
    /// <param name="model">The network; stays as it is.</param>
    /// <param name="speedUp">Times fewer multiplications, of the whole network.</param>
    /// <exception cref="EdgeRuntimeException">Nothing can be decomposed (exit code 3), or so much is out of reach (2).</exception>
    public LowRankResult Run(LoweredModel model, double speedUp)
    {
        int[] steps = [.. Enumerable.Range(0, model.Steps.Count).Where(i => CanDecompose(model, i))];
        if (steps.Length == 0)
        {
            throw new EdgeRuntimeException("'--low-rank' finds no k×k convolution with one group to decompose in this network (one that came quantised stays as it is). Leave the option out.", 3);
        }

        progress.Begin("responses", _pictures.Count);
        Dictionary<int, float[]> exact = LayerResponses.Collect(model, steps, _pictures, threads, progress.Advance, cancel);
        RankCandidate[] candidates = [.. steps.Select(i =>
        {
            cancel.ThrowIfCancellationRequested();
            int outputs = model.Steps[i].Bias!.Length;
            return new RankCandidate(ResponseMoments.Of(exact[i], exact[i], outputs).Energies(), model.Steps[i].Weights!.Length / outputs, model.Maps[model.Steps[i].Step.Output].Rows);
        })];
        double all = Macs(model);
        int[] ranks = RankChooser.Choose(candidates, all - candidates.Sum(c => c.Macs(c.Outputs)), all / speedUp);
        double reached = all / (all - candidates.Select((c, k) => c.Macs(c.Outputs) - c.Macs(ranks[k])).Sum());
        if (reached < speedUp)
        {
            throw new EdgeRuntimeException($"'--low-rank {speedUp}' is out of reach: with the least ranks that there are, the network has {Math.Floor(100 * reached) / 100:f2} times fewer multiplications. Give that or less.", 2);
        }

        Dictionary<int, int> wanted = Enumerable.Range(0, steps.Length).Where(k => ranks[k] < candidates[k].Outputs).ToDictionary(k => steps[k], k => ranks[k]);
        LowRankResult result = new(Decompose(model, wanted, exact), [.. Enumerable.Range(0, steps.Length).Where(k => wanted.ContainsKey(steps[k]))
            .Select(k => new LayerRank(model.Steps[steps[k]].Step.Name, candidates[k].Outputs, ranks[k], candidates[k].Kept(ranks[k])))], reached);
        progress.Status($"low rank: {result.Layers.Count} layers decomposed, {result.SpeedUp:f2} times fewer multiplications", lasting: true);
        return result;
    }

    /// <summary>Decomposes layers to given ranks.</summary>
    /// <param name="model">The network; stays as it is.</param>
    /// <param name="ranks">Rank by step.</param>
    public LoweredModel Decompose(LoweredModel model, IReadOnlyDictionary<int, int> ranks)
        => Decompose(model, ranks, LayerResponses.Collect(model, [.. ranks.Keys.Order()], _pictures, threads, _ => { }, cancel));

    /// <summary>Whether a step is a convolution that this is for: k×k, one group, more than one output site (with one it is a fully connected layer), weights that did not come quantised.</summary>
    public static bool CanDecompose(LoweredModel model, int step)
        => model.Steps[step] is { Step: ConvolutionStep { Groups: 1, Taps: > 1 } s, WeightScales: null } && model.Maps[s.Output] is { Rows: > 1, Prescribed: null, Integer: false };

    private LoweredModel Decompose(LoweredModel model, IReadOnlyDictionary<int, int> ranks, Dictionary<int, float[]> exact)
    {
        LoweredModel made = new() { Name = model.Name, Maps = [.. model.Maps], Steps = [.. model.Steps], Inputs = [.. model.Inputs], Outputs = [.. model.Outputs] };
        progress.Begin("decompose", ranks.Count);
        int inserted = 0;
        foreach (int step in ranks.Keys.Order())
        {
            int at = step + inserted;
            float[] approximate = inserted == 0 ? exact[step] : LayerResponses.Collect(made, [at], _pictures, threads, _ => { }, cancel)[at];
            ChannelFactors factors = ChannelFactors.Fit(made.Steps[at].Weights!, made.Steps[at].Bias!, exact[step], approximate, ranks[step]);
            Replace(made, at, factors, ranks[step]);
            progress.Advance(++inserted);
        }

        return made;
    }

    private static void Replace(LoweredModel model, int at, ChannelFactors factors, int rank)
    {
        LoweredStep lowered = model.Steps[at];
        ConvolutionStep whole = (ConvolutionStep)lowered.Step;
        LoweredMap output = model.Maps[whole.Output];
        model.Maps.Add(output.WithChannels($"{output.Name}/filters", rank) with { Prescribed = null, Integer = false });
        int filters = model.Maps.Count - 1;
        model.Steps[at] = lowered with
        {
            Step = whole with { Output = filters, Minimum = float.NegativeInfinity, Maximum = float.PositiveInfinity },
            Weights = factors.Filters,
            Bias = new float[rank],
        };
        model.Steps.Insert(at + 1, new LoweredStep(whole with { Name = $"{whole.Name}/spread", Inputs = [filters], Taps = 1 }, [null]) { Weights = factors.Spread, Bias = factors.Bias });
    }

    private static double Macs(LoweredModel model)
    {
        Bundle bundle = FloatEmitter.Emit(model, []);
        return bundle.Macs(bundle.Points[0]);
    }
}
