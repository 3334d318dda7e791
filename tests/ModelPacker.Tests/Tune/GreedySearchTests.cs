using ModelPacker.Perforate;
using ModelPacker.Pipeline;
using ModelPacker.Tune;

namespace ModelPacker.Tests.Tune;

public class GreedySearchTests
{
    [Fact]
    public void TheLayerThatLosesNothingGoesFirst()
    {
        // Costs 100 each; only the middle layer's sites do not matter.
        Problem problem = new(3, (l, share) => l == 1 ? 0 : (1 / share) - 1, (_, share) => 100 * share);
        List<GreedySearch.State> path = Search(problem).Run(1.4, _ => false);
        Assert.All(path, s => Assert.Equal((0, 0), (s.Choices[0].Rung, s.Choices[2].Rung)));
        Assert.Equal(Enumerable.Range(0, path.Count), path.Select(s => s.Choices[1].Rung));
        Assert.Equal(300, path[0].Cost, 9);
        Assert.True(path[^1].Cost <= 300 / 1.4 && path[^2].Cost > 300 / 1.4);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void WhereLossesAddUpItTakesTheWayOfTheExhaustiveSearch(int seed)
    {
        Random random = new(seed);
        double[] weights = [.. Enumerable.Range(0, 6).Select(_ => random.NextDouble())];
        double[] costs = [.. Enumerable.Range(0, 6).Select(_ => 10 + (90 * random.NextDouble()))];
        Problem problem = new(6, (l, share) => weights[l] * ((1 / share) - 1), (l, share) => costs[l] * share);
        List<GreedySearch.State> path = Search(problem).Run(4, _ => false);
        int lazily = problem.Measured;
        Assert.Equal(Exhaustive(problem, path.Count), path.Select(s => string.Join(' ', s.Choices.Select(c => c.Rung))));
        Assert.True(lazily < problem.Measured - lazily, $"{lazily} of {problem.Measured}");
    }

    [Fact]
    public void GoodEstimatesSaveMeasurementsAndChangeNothing()
    {
        double[] weights = [3, 1, 4, 1.5, 9, 2.6];
        Problem Make(bool guess)
        {
            double Loss(int l, double share) => weights[l] * ((1 / share) - 1);
            return new(6, Loss, (l, share) => (10 + l) * share) { Guess = guess ? c => 7 * c.Select((m, l) => Loss(l, Ladder.Shares[m.Rung])).Sum() : null };
        }

        Problem with = Make(true);
        Problem without = Make(false);
        Assert.Equal(Search(without).Run(4, _ => false).Select(s => SearchLog.Key(s.Choices)), Search(with).Run(4, _ => false).Select(s => SearchLog.Key(s.Choices)));
        Assert.True(with.Measured < without.Measured, $"{with.Measured} of {without.Measured}");
    }

    [Fact]
    public void AnEstimateIsNeverTakenForAMeasurement()
    {
        // The estimate thinks that layer 0 costs nothing; it costs most.
        Problem problem = new(3, (l, share) => (l == 0 ? 100 : 1) * (1 - share), (_, share) => share) { Guess = c => c.Sum(m => m.Rung) - c[0].Rung };
        List<GreedySearch.State> path = Search(problem).Run(1.9, _ => false);
        Assert.All(path, s => Assert.Equal(0, s.Choices[0].Rung));
    }

    [Fact]
    public void AMoveThatHasBecomeDearIsMeasuredAgain()
    {
        // Alone, layer 1 loses less than layer 2; beside a perforated layer 0, which goes first, it loses far more.
        double[] weights = [1, 1.5, 2];
        Problem problem = new(3, (l, share) => weights[l] * (1 - share), (_, share) => share) { Interaction = 100 };
        List<GreedySearch.State> path = Search(problem).Run(1.9, _ => false);
        Assert.True(path[^1].Choices[0].Rung > 0 && path[^1].Choices[2].Rung > 0);
        Assert.All(path, s => Assert.Equal(0, s.Choices[1].Rung));
    }

    [Fact]
    public void IsDeterministic()
    {
        // Losses that depend on each other, so that estimates of earlier are wrong.
        static Problem Make() => new(5, (l, share) => (l + 1) * (1 - share), (l, share) => (20 - l) * share) { Interaction = 3 };
        string[] first = [.. Search(Make()).Run(5, _ => false).Select(s => SearchLog.Key(s.Choices))];
        Assert.Equal(first, Search(Make()).Run(5, _ => false).Select(s => SearchLog.Key(s.Choices)));
    }

    [Fact]
    public void CostsFallAllTheWayAndOneLayerMovesAtATime()
    {
        Problem problem = new(5, (l, share) => (l + 1) * (1 - share), (l, share) => (20 - l) * Math.Ceiling(8 * share)) { Interaction = 3 };
        List<GreedySearch.State> path = Search(problem).Run(1e9, _ => false);
        for (int i = 1; i < path.Count; i++)
        {
            Assert.True(path[i].Cost < path[i - 1].Cost);
            Assert.Single(path[i].Choices.Zip(path[i - 1].Choices), p => p.First.Rung != p.Second.Rung);
        }

        // Out of reach, so it ends where nothing is left to save: one eighth of everything.
        Assert.Equal(path[0].Cost / 8, path[^1].Cost, 9);
    }

    [Fact]
    public void WhatIsSavedBeyondTheGoalIsGivenBack()
    {
        // The large layer moves last, so that the small ones have gone further than they had to.
        Problem problem = new(3, (l, share) => (l == 2 ? 100 : 1) * (1 - share), (l, share) => (l == 2 ? 20 : 1) * share);
        GreedySearch search = Search(problem);
        List<GreedySearch.State> path = search.Run(1.5, _ => false);
        double most = path[0].Cost / 1.5;
        GreedySearch.State relaxed = search.Relax(path[^1], most);
        Assert.True(relaxed.Cost <= most);
        Assert.True(relaxed.Loss < path[^1].Loss);

        // Nothing that is left could go up.
        for (int l = 0; l < 3; l++)
        {
            MaskChoice[] up = [.. relaxed.Choices];
            up[l] = up[l] with { Rung = Math.Max(0, up[l].Rung - 1) };
            Assert.True(relaxed.Choices[l].Rung == 0 || problem.Cost(up) > most);
        }

        Assert.Equal(relaxed.Choices, search.Relax(relaxed, most).Choices);
    }

    [Fact]
    public void StopsWhereTheCallerHasEnough()
    {
        Problem problem = new(4, (_, share) => 1 - share, (_, share) => share);
        List<GreedySearch.State> path = Search(problem).Run(8, s => s.Loss > 0.5);
        Assert.True(path[^1].Loss > 0.5 && path[^2].Loss <= 0.5);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MasksOfTheNetworkAreMadeAnewAfterEveryStep(bool guess)
    {
        static double Loss(int l, double share) => (3 - l) * ((1 / share) - 1);
        Problem problem = new(3, Loss, (l, share) => (10 + l) * share) { Guess = guess ? c => c.Select((m, l) => Loss(l, Ladder.Shares[m.Rung])).Sum() : null };
        GreedySearch search = new(problem, [MaskKind.IterativeImpact], 2, new Silent(), CancellationToken.None);
        List<GreedySearch.State> path = search.Run(3, _ => false);
        Assert.Equal(path.Select((s, i) => (i, SearchLog.Key(s.Choices))), problem.Accepted);
        for (int i = 1; i < path.Count; i++)
        {
            // The layer that moved has a mask of the network before; the others keep the very masks that they had.
            (MaskChoice was, MaskChoice now) = Assert.Single(path[i - 1].Choices.Zip(path[i].Choices), p => p.First != p.Second);
            Assert.Equal((was.Rung + 1, i - 1), (now.Rung, now.Draw));
        }

        // What is given back is a mask of before, since no other one contains the present one.
        GreedySearch.State relaxed = search.Relax(path[^1], path[0].Cost / 2);
        Assert.NotEqual(path[^1].Choices, relaxed.Choices);
        Assert.All(relaxed.Choices.Select((c, l) => (c, l)), p => Assert.Contains(path, s => s.Choices[p.l] == p.c));
    }

    [Fact]
    public void CanBeInterrupted()
    {
        using CancellationTokenSource source = new();
        Problem problem = new(4, (_, share) => 1 - share, (_, share) => share) { After = 10, Then = source.Cancel };
        Assert.Throws<OperationCanceledException>(() => new GreedySearch(problem, [MaskKind.Uniform], 1, new Silent(), source.Token).Run(8, _ => false));
    }

    private static GreedySearch Search(Problem problem) => new(problem, [MaskKind.Uniform], 1, new Silent(), CancellationToken.None);

    // Every move measured at every step.
    private static List<string> Exhaustive(Problem problem, int states)
    {
        int[] rungs = new int[problem.Layers.Count];
        (double loss0, double cost0) = (Loss(rungs), Cost(rungs));
        List<string> path = [string.Join(' ', rungs)];
        while (path.Count < states)
        {
            int best = Enumerable.Range(0, rungs.Length).Where(l => rungs[l] + 1 < Ladder.Shares.Count).MinBy(l =>
            {
                int[] next = [.. rungs];
                next[l]++;
                return (Loss(next) - loss0) / (cost0 - Cost(next));
            });
            rungs[best]++;
            path.Add(string.Join(' ', rungs));
        }

        return path;

        MaskChoice[] Choices(int[] r) => [.. r.Select(x => new MaskChoice(x, MaskKind.Uniform, 0, false))];
        double Loss(int[] r) => problem.Quality(Choices(r)).Loss;
        double Cost(int[] r) => problem.Cost(Choices(r));
    }

    private sealed class Problem(int layers, Func<int, double, double> loss, Func<int, double, double> cost) : ICandidateMeter
    {
        public int Measured { get; private set; }

        public int After { get; init; } = int.MaxValue;

        public Action? Then { get; init; }

        public double Interaction { get; init; }

        public IReadOnlyList<TuneLayer> Layers { get; } = [.. Enumerable.Range(0, layers).Select(l => new TuneLayer(l, $"layer{l}", [], new MaskMaker(8, 8)))];

        public Func<IReadOnlyList<MaskChoice>, double>? Guess { get; init; }

        public List<(int Step, string Choices)> Accepted { get; } = [];

        public void Accept(IReadOnlyList<MaskChoice> choices, int step) => Accepted.Add((step, SearchLog.Key(choices)));

        public void Prepare(IReadOnlyCollection<(int Layer, MaskChoice Choice)> moves)
        {
        }

        public double? Estimate(IReadOnlyList<MaskChoice> choices) => Guess?.Invoke(choices);

        public (double Loss, double? Top1) Corrected(IReadOnlyList<MaskChoice> choices) => (Sum(choices), null);

        public (double Loss, double? Top1) Quality(IReadOnlyList<MaskChoice> choices)
        {
            if (++Measured == After)
            {
                Then!();
            }

            return (Sum(choices), null);
        }

        private double Sum(IReadOnlyList<MaskChoice> choices)
        {
            double[] lost = [.. choices.Select((c, l) => loss(l, Ladder.Shares[c.Rung]))];
            return lost.Sum() + (Interaction * lost.Zip(lost.Skip(1), (a, b) => a * b).Sum());
        }

        public double Cost(IReadOnlyList<MaskChoice> choices) => choices.Select((c, l) => cost(l, Ladder.Shares[c.Rung])).Sum();
    }
}
