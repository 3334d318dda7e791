namespace BenchRunner;

/// <summary>Times of one model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Macs">Multiply-accumulates per inference.</param>
/// <param name="Turns">Every engine's turns, in the order of the rounds.</param>
internal sealed record ModelResult(string Name, double Macs, Dictionary<string, List<Turn>> Turns)
{
    /// <summary>Median milliseconds of an engine; null where it did not run.</summary>
    public double? Median(string engine) => Turns.TryGetValue(engine, out List<Turn>? turns) ? MedianOf(turns.Select(t => t.Median)) : null;

    /// <summary>Least milliseconds of an engine; null where it did not run.</summary>
    public double? Least(string engine) => Turns.TryGetValue(engine, out List<Turn>? turns) ? turns.Min(t => t.Least) : null;

    /// <summary>Median over the rounds of time(<paramref name="peer"/>) / time(<paramref name="ours"/>): above 1 where ours is faster.</summary>
    public double? Ratio(string peer, string ours) =>
        Turns.TryGetValue(peer, out List<Turn>? a) && Turns.TryGetValue(ours, out List<Turn>? b)
            ? MedianOf(a.Zip(b, (x, y) => x.Median / y.Median))
            : null;

    /// <summary>The same of the least times.</summary>
    public double? LeastRatio(string peer, string ours) => Least(peer) / Least(ours);

    private static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        int half = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
