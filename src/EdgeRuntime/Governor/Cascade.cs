using EdgeRuntime.Bundles;

namespace EdgeRuntime.Governing;

/// <summary>Asks a cheap operating point first, and a better one only where the cheap one is in doubt.</summary>
/// <remarks>
/// Stages are the points with the figure <c>cascade_margin</c>, by rising cost; <c>modelpacker tune</c> writes it, with <c>cascade_repeat</c> (share of pictures
/// that go on) and <c>cascade_top1</c> (right answers, in per cent, of the cascade that ends there). The margin is the probability of the first class less that of the second.
/// </remarks>
public sealed class Cascade
{
    /// <summary>Figure of a point: its threshold.</summary>
    public const string MarginFigure = "cascade_margin";

    /// <summary>Figure of a point: share of pictures that go on.</summary>
    public const string RepeatFigure = "cascade_repeat";

    /// <summary>Figure of a point: right answers, in per cent, of the cascade that ends there.</summary>
    public const string QualityFigure = "cascade_top1";

    private readonly CascadeStage[] _stages;

    /// <param name="stages">At least two, by rising cost.</param>
    public Cascade(IEnumerable<CascadeStage> stages)
    {
        _stages = [.. stages];
        if (_stages.Length < 2 || _stages.Zip(_stages.Skip(1)).Any(p => p.First.Milliseconds > p.Second.Milliseconds))
        {
            throw new ArgumentException("A cascade has at least two stages, the cheapest first.", nameof(stages));
        }
    }

    /// <summary>The stages, the cheapest first.</summary>
    public ReadOnlySpan<CascadeStage> Stages => _stages;

    /// <summary>The cascade that a bundle describes, or null if it describes none.</summary>
    public static Cascade? FromBundle(Bundle bundle)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        List<CascadeStage> stages = [];
        for (int i = 0; i < bundle.Points.Length; i++)
        {
            SortedDictionary<string, double> figures = bundle.Points[i].Figures;
            if (figures.TryGetValue(MarginFigure, out double margin) && margin >= 0
                && (figures.TryGetValue("predicted_ms", out double cost) || figures.TryGetValue("macs", out cost)) && cost > 0)
            {
                double quality = figures.TryGetValue(QualityFigure, out double top1) || figures.TryGetValue("top1", out top1) ? top1 / 100 : double.NaN;
                stages.Add(new CascadeStage(i, bundle.Points[i].Name, cost, margin, figures.GetValueOrDefault(RepeatFigure), quality));
            }
        }

        stages.Sort((a, b) => a.Milliseconds.CompareTo(b.Milliseconds));
        return stages.Count < 2 || stages.Exists(s => double.IsNaN(s.Quality)) ? null : new Cascade(stages);
    }

    /// <summary>The stage to ask next.</summary>
    /// <param name="stage">The stage that has answered.</param>
    /// <param name="margin">Margin of its answer; NaN is no doubt.</param>
    /// <param name="ceiling">Highest stage that the governor allows.</param>
    /// <returns>A stage, or −1: the answer stands.</returns>
    public int Next(int stage, double margin, int ceiling) => stage < ceiling && margin < _stages[stage].Margin ? stage + 1 : -1;

    /// <summary>The same where a frame has a deadline: a stage that would end too late is not begun.</summary>
    /// <param name="stage">The stage that has answered.</param>
    /// <param name="margin">Margin of its answer.</param>
    /// <param name="ceiling">Highest stage that the governor allows.</param>
    /// <param name="slowDown">Measured over planned time (<see cref="SlowDownFilter.Mean"/>).</param>
    /// <param name="leftMilliseconds">Time left until the deadline.</param>
    public int Next(int stage, double margin, int ceiling, double slowDown, double leftMilliseconds)
    {
        int next = Next(stage, margin, ceiling);
        return next >= 0 && _stages[next].Milliseconds * slowDown > leftMilliseconds ? -1 : next;
    }

    /// <summary>Planned time of all stages up to one, for <see cref="Observation.PlannedMilliseconds"/>.</summary>
    public double PlannedMilliseconds(int last)
    {
        double sum = 0;
        for (int i = 0; i <= last; i++)
        {
            sum += _stages[i].Milliseconds;
        }

        return sum;
    }

    /// <summary>A plan whose choices are the highest stage allowed, each with the cost to expect and the quality of the cascade that ends there.</summary>
    public GovernorPlan ToPlan(double? idleWatts = null, double? activeWatts = null)
    {
        List<OperatingChoice> choices = [];
        double cost = 0;
        double share = 1;
        for (int i = 0; i < _stages.Length; i++)
        {
            cost += share * _stages[i].Milliseconds;
            share *= Math.Clamp(_stages[i].RepeatShare, 0, 1);
            choices.Add(new OperatingChoice(i, "up to " + _stages[i].Name, cost, _stages[i].Quality, null));
        }

        return new GovernorPlan(choices, idleWatts, activeWatts);
    }

    /// <summary>Probability of the best class less that of the second best.</summary>
    /// <param name="scores">One per class.</param>
    /// <param name="firstClass">Classes below this one cannot be answers.</param>
    /// <param name="areLogits">Whether a softmax makes probabilities of them.</param>
    /// <returns>0 to 1; NaN for fewer than two classes or scores that are no numbers.</returns>
    public static double MarginOf(ReadOnlySpan<float> scores, int firstClass, bool areLogits)
    {
        double first = double.NegativeInfinity;
        double second = double.NegativeInfinity;
        double highest = double.NegativeInfinity;
        for (int i = 0; i < scores.Length; i++)
        {
            double score = scores[i];
            highest = Math.Max(highest, score);
            if (i >= firstClass && score > second)
            {
                (first, second) = score > first ? (score, first) : (first, score);
            }
        }

        if (!double.IsFinite(second))
        {
            return double.NaN;
        }

        if (!areLogits)
        {
            return first - second;
        }

        double sum = 0;
        foreach (float score in scores)
        {
            sum += Math.Exp(score - highest);
        }

        return (Math.Exp(first - highest) - Math.Exp(second - highest)) / sum;
    }
}
