using ModelPacker.Perforate;
using ModelPacker.Pipeline;

namespace ModelPacker.Tune;

/// <summary>Takes the layers down the ladder one rung at a time, always the move that costs least loss for the cost that it saves.</summary>
/// <remarks>
/// After Figurnov et al., NIPS 2016, section 3.2: the move with least (L − L₀) / (t₀ − t), always relative to the dense network. Measuring every move after every
/// step would take hours; a move's gain in loss changes little while other layers move, so a measurement of earlier serves as an estimate, and only moves at the head of
/// the queue are measured again (Minoux 1978, lazy greedy). New moves are estimated from the sensitivity of the answer where it is known, so that most are never measured at all.
/// </remarks>
internal sealed class GreedySearch(ICandidateMeter meter, IReadOnlyList<MaskKind> kinds, int draws, IPackProgress progress, CancellationToken cancel)
{
    /// <summary>A network on the way.</summary>
    /// <param name="Choices">Per layer.</param>
    /// <param name="Loss">On the search pictures.</param>
    /// <param name="Top1">Per cent on the search pictures, or null.</param>
    /// <param name="Cost">Predicted.</param>
    public sealed record State(MaskChoice[] Choices, double Loss, double? Top1, double Cost)
    {
        /// <summary>Loss and top-1 with re-fitted constants, where they were re-fitted; of the dense network, as it is.</summary>
        public (double Loss, double? Top1)? Corrected { get; init; }
    }

    private const int Never = -1;

    // Re-fitting takes longer than a measurement, and deep networks take hundreds of small steps: the next state is corrected when it costs so much less.
    private const double CorrectionSpacing = 1.03;

    // Moves back that are measured, of those that the estimate likes best.
    private const int Likely = 4;

    // What a move adds to the loss and takes from the cost, as measured at a step of the search, or never.
    private sealed record Move(int Layer, MaskChoice Choice, double Added, double Saved, int MeasuredAt);

    // Kinds that are still tried: all on the first rung, then the best two of the rung before.
    private const int KindsKept = 2;
    private readonly Dictionary<int, HashSet<(MaskKind, bool)>> _kinds = [];

    // What a layer had before it got a mask that lies within it.
    private readonly Dictionary<(int Layer, MaskChoice Choice), MaskChoice> _before = [];
    private int _step;

    /// <summary>Where the search started, once it has.</summary>
    public State? Dense { get; private set; }

    /// <summary>Runs until the cost has fallen by a factor, or the loss has risen too far, or there is nothing left to move.</summary>
    /// <param name="speedUp">Least factor.</param>
    /// <param name="enough">Whether the loss of a state ends the search.</param>
    /// <returns>All states from dense on.</returns>
    public List<State> Run(double speedUp, Func<State, bool> enough)
    {
        State dense = StateOf(new MaskChoice[meter.Layers.Count]);
        double denseCost = dense.Cost;
        Dense = dense = dense with { Corrected = meter.Corrected(dense.Choices) };
        meter.Accept(dense.Choices, 0);
        List<State> path = [dense];
        List<Move> moves = [];
        int total = meter.Layers.Count * MovesOf(0, 1).Count;
        progress.Begin("first moves", total);
        meter.Prepare([.. Enumerable.Range(0, meter.Layers.Count).SelectMany(l => MovesOf(l, 1).Select(c => (l, c)))]);
        for (int l = 0; l < meter.Layers.Count; l++)
        {
            moves.AddRange(MovesOf(l, 1).Select(c => Estimate(path[^1], l, c) ?? Measure(path[^1], l, c, 0)));
            progress.Advance((l + 1) * total / meter.Layers.Count);
        }

        progress.Begin("search", 1000);
        while (path[^1].Cost * speedUp > denseCost && moves.Count > 0 && !enough(path[^1]))
        {
            Move best = Best(dense, path[^1], moves, path.Count - 1);
            State next = StateOf(With(path[^1].Choices, best.Layer, best.Choice));
            _kinds[best.Layer] = [.. moves.Where(m => m.Layer == best.Layer).OrderBy(m => Price(dense, path[^1], m)).Select(m => (m.Choice.Kind, m.Choice.Wide)).Distinct().Take(KindsKept)];
            moves.RemoveAll(m => m.Layer == best.Layer && (next.Cost < path[^1].Cost || m.Choice == best.Choice));
            if (next.Cost < path[^1].Cost)
            {
                _before[(best.Layer, best.Choice)] = path[^1].Choices[best.Layer];
                bool due = path.FindLast(s => s.Corrected is not null)!.Cost >= CorrectionSpacing * next.Cost || next.Cost * speedUp <= denseCost;
                path.Add(due ? next with { Corrected = meter.Corrected(next.Choices) } : next);
                Accept(next, path.Count - 1, moves);
            }

            // A rung that saves nothing (the same number of tiles) is skipped.
            if (best.Choice.Rung + 1 < Ladder.Shares.Count && !moves.Exists(m => m.Layer == best.Layer))
            {
                Prepare(best.Layer, best.Choice.Rung + 1);
                moves.AddRange(MovesOf(best.Layer, best.Choice.Rung + 1).Select(c => Estimate(path[^1], best.Layer, c) ?? Measure(path[^1], best.Layer, c, path.Count - 1)));
            }

            // Progress by the share of the wanted saving that is reached.
            double done = (1 / path[^1].Cost) - (1 / denseCost);
            double wanted = (speedUp - 1) / denseCost;
            progress.Advance((int)Math.Clamp(1000 * done / wanted, 0, 1000));
        }

        progress.Advance(1000);
        return path;
    }

    /// <summary>Takes back what a state saves beyond what was wanted: layers go up a rung as long as the cost allows, first the one that wins most.</summary>
    /// <param name="state">A state of the path.</param>
    /// <param name="mostCost">Cost that must not be passed.</param>
    public State Relax(State state, double mostCost)
    {
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            IEnumerable<MaskChoice[]> affordable = Enumerable.Range(0, state.Choices.Length).Where(l => state.Choices[l].Rung > 0)
                .Select(l => With(state.Choices, l, Up(l, state.Choices[l])))
                .Where(c => meter.Cost(c) <= mostCost);

            // Deep networks have dozens of layers to try; the estimate knows which are worth it.
            State? better = affordable.Select(c => (Choices: c, Estimate: meter.Estimate(c))).OrderBy(c => c.Estimate ?? 0).Take(meter.Estimate(state.Choices) is null ? int.MaxValue : Likely)
                .Select(c => StateOf(c.Choices)).Where(s => s.Loss < state.Loss).MinBy(s => s.Loss);
            if (better is null)
            {
                return state with { Corrected = meter.Corrected(state.Choices) };
            }

            state = better;
        }
    }

    // A mask that was cut out of another one goes back to it.
    private MaskChoice Up(int layer, MaskChoice choice)
        => choice.Kind == MaskKind.IterativeImpact ? _before[(layer, choice)] : choice.Rung > 1 ? choice with { Rung = choice.Rung - 1 } : default;

    // Masks that depend on the network are made anew; what was measured of them before serves as an estimate.
    private void Accept(State now, int step, List<Move> moves)
    {
        meter.Accept(now.Choices, step);
        _step = step;
        for (int i = 0; i < moves.Count; i++)
        {
            if (moves[i].Choice.Kind == MaskKind.IterativeImpact)
            {
                moves[i] = moves[i] with { Choice = moves[i].Choice with { Draw = step } };
            }
        }
    }

    // The best move, measured against the present state.
    private Move Best(State dense, State now, List<Move> moves, int step)
    {
        for (int i = 0; i < moves.Count; i++)
        {
            // What was never measured follows the estimate as the network changes.
            if (moves[i].MeasuredAt == Never)
            {
                moves[i] = Estimate(now, moves[i].Layer, moves[i].Choice)!;
            }
        }

        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            Move best = moves.MinBy(m => Price(dense, now, m))!;
            if (best.MeasuredAt == step)
            {
                return best;
            }

            moves[moves.IndexOf(best)] = Measure(now, best.Layer, best.Choice, step);
        }
    }

    // Masks take their time, each on one core: the next rung is made with the one behind it, where this layer will soon be, too.
    private void Prepare(int layer, int rung)
        => meter.Prepare([.. Enumerable.Range(rung, Math.Min(2, Ladder.Shares.Count - rung)).SelectMany(r => MovesOf(layer, r)).Select(c => (layer, c))]);

    private static double Price(State dense, State now, Move move)
        => move.Saved > 0 ? (now.Loss + move.Added - dense.Loss) / (dense.Cost - now.Cost + move.Saved) : double.PositiveInfinity;

    // An estimate is scaled by how far off it is for the state that was measured.
    private Move? Estimate(State now, int layer, MaskChoice choice)
    {
        MaskChoice[] then = With(now.Choices, layer, choice);
        if (meter.Estimate(then) is not { } after || meter.Estimate(now.Choices) is not { } before)
        {
            return null;
        }

        double lost = now.Loss - Dense!.Loss;
        double unit = before > 0 && lost > 0 ? lost / before : 1;
        return new Move(layer, choice, unit * (after - before), now.Cost - meter.Cost(then), Never);
    }

    private Move Measure(State now, int layer, MaskChoice choice, int step)
    {
        cancel.ThrowIfCancellationRequested();
        State then = StateOf(With(now.Choices, layer, choice));
        return new Move(layer, choice, then.Loss - now.Loss, now.Cost - then.Cost, step);
    }

    private State StateOf(MaskChoice[] choices)
    {
        (double loss, double? top1) = meter.Quality(choices);
        return new State(choices, loss, top1, meter.Cost(choices));
    }

    private static MaskChoice[] With(MaskChoice[] choices, int layer, MaskChoice choice)
    {
        MaskChoice[] changed = [.. choices];
        changed[layer] = choice;
        return changed;
    }

    private List<MaskChoice> MovesOf(int layer, int rung)
    {
        TuneLayer l = meter.Layers[layer];
        bool[] widths = l.Partners.Length > 0 ? [true, false] : [false];
        HashSet<(MaskKind, bool)>? kept = _kinds.GetValueOrDefault(layer);

        return [.. kinds.Where(k => k == MaskKind.IterativeImpact || l.Masks.Supports(k))
            .SelectMany(k => Draws(k, rung).SelectMany(d => widths.Where(w => kept?.Contains((k, w)) ?? true).Select(w => new MaskChoice(rung, k, d, w))))];
    }

    // One draw is enough to see which kinds suit a layer.
    private IEnumerable<int> Draws(MaskKind kind, int rung) => kind switch
    {
        MaskKind.IterativeImpact => [_step],
        MaskKind.Impact or MaskKind.Fisher => [0],
        _ => Enumerable.Range(0, rung == 1 ? 1 : draws),
    };
}
