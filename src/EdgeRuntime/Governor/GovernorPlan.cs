using EdgeRuntime.Bundles;

namespace EdgeRuntime.Governing;

/// <summary>What a governor may choose from: the points that no other beats in both cost and quality, the cheapest first.</summary>
public sealed class GovernorPlan
{
    /// <summary>Most points that are told apart; of more, the ones nearest to each other are left out.</summary>
    public const int MaximumChoices = 16;

    private readonly OperatingChoice[] _choices;

    /// <param name="choices">Operating points, in any order; at least one.</param>
    /// <param name="idleWatts">What the idle board draws; null if unknown.</param>
    /// <param name="activeWatts">What it draws while it infers, by a model; null if unknown. Used until power is measured, and when the sensor fails.</param>
    public GovernorPlan(IEnumerable<OperatingChoice> choices, double? idleWatts = null, double? activeWatts = null)
    {
        List<OperatingChoice> front = [];
        foreach (OperatingChoice choice in choices.OrderBy(c => c.Milliseconds).ThenByDescending(c => c.Quality))
        {
            if (front.Count == 0 || choice.Quality > front[^1].Quality)
            {
                front.Add(choice);
            }
        }

        if (front.Count == 0 || front.Exists(c => !(c.Milliseconds > 0) || double.IsNaN(c.Quality)))
        {
            throw new ArgumentException("A governor needs at least one point, and the cost and quality of each.", nameof(choices));
        }

        while (front.Count > MaximumChoices)
        {
            int least = Enumerable.Range(1, front.Count - 2).MinBy(i => front[i + 1].Milliseconds / front[i - 1].Milliseconds);
            front.RemoveAt(least);
        }

        _choices = [.. front];
        IdleWatts = idleWatts;
        ActiveWatts = activeWatts ?? ModelledWatts();
    }

    /// <summary>The choices, by rising cost and quality.</summary>
    public ReadOnlySpan<OperatingChoice> Choices => _choices;

    /// <summary>The dearest and best.</summary>
    public int Best => _choices.Length - 1;

    /// <summary>What the idle board draws; null if unknown.</summary>
    public double? IdleWatts { get; }

    /// <summary>What it draws while it infers, by a model; null if unknown.</summary>
    public double? ActiveWatts { get; }

    /// <summary>Makes a plan of a bundle's figures: cost <c>predicted_ms</c>, else <c>macs</c>; quality <c>top1</c>, else <c>loss</c>; energy <c>predicted_mj</c>.</summary>
    /// <remarks>Points without both are left out; a bundle whose points lack them leaves the first, so that there is nothing to choose.</remarks>
    public static GovernorPlan FromBundle(Bundle bundle, double? idleWatts = null, double? activeWatts = null)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        string cost = HasAll(bundle, "predicted_ms") ? "predicted_ms" : "macs";
        bool top1 = HasAll(bundle, "top1");
        List<OperatingChoice> choices = [];
        for (int i = 0; i < bundle.Points.Length; i++)
        {
            SortedDictionary<string, double> figures = bundle.Points[i].Figures;
            double? quality = Figure(figures, "top1") is { } right && top1 ? right / 100 : -Figure(figures, "loss");
            if (Figure(figures, cost) is { } value && value > 0 && quality is { } q && !double.IsNaN(q))
            {
                choices.Add(new OperatingChoice(i, bundle.Points[i].Name, value, q, Figure(figures, "predicted_mj")));
            }
        }

        if (choices.Count == 0)
        {
            choices.Add(new OperatingChoice(0, bundle.Points[0].Name, 1, 0, null));
        }

        return new GovernorPlan(choices, idleWatts, activeWatts);
    }

    private static bool HasAll(Bundle bundle, string name) => Array.TrueForAll(bundle.Points, p => p.Figures.ContainsKey(name));

    private static double? Figure(SortedDictionary<string, double> figures, string name) => figures.TryGetValue(name, out double value) ? value : null;

    private double? ModelledWatts()
    {
        OperatingChoice best = _choices[^1];
        return best.Millijoules / best.Milliseconds;
    }
}
