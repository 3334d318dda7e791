using EdgeRuntime.Energy.Logs;

namespace EdgeRuntime.Cli.Reports;

/// <summary>Sums of an energy log, never over different sources.</summary>
internal sealed class EnergySummary
{
    /// <summary>Energy that one sensor told.</summary>
    public sealed record Source(string Tag, double Seconds, double Joules);

    /// <summary>Frames that one operating point answered, their energy told by one sensor.</summary>
    public sealed record Point(string Name, string Source, int Frames, double Milliseconds, double GrossJoules, double NetJoules);

    public required Source[] Sources { get; init; }

    public required Point[] Points { get; init; }

    public required int Switches { get; init; }

    public required int Gaps { get; init; }

    public required double GapSeconds { get; init; }

    /// <summary>Sums a log up. Means leave out frames whose figure is not known.</summary>
    public static EnergySummary Of(EnergyLogReader log) => new()
    {
        Sources = [.. log.Entries.Where(e => e.Type == "power" && e.Watts is not null).GroupBy(e => e.Source ?? "?")
            .Select(g => new Source(g.Key, g.Sum(e => e.Duration ?? 0), g.Sum(e => e.Watts!.Value * (e.Duration ?? 0))))],
        Points = [.. log.Entries.Where(e => e.Type == "frame").GroupBy(e => (Point: e.Point ?? "?", Source: e.Source ?? "?"))
            .Select(g => new Point(g.Key.Point, g.Key.Source, g.Count(), Mean(g.Select(e => e.Milliseconds)), Mean(g.Select(e => e.GrossJoules)), Mean(g.Select(e => e.NetJoules))))],
        Switches = log.Entries.Count(e => e.Type == "switch"),
        Gaps = log.Entries.Count(e => e.Type is "gap" or "sensor-back"),
        GapSeconds = log.Entries.Where(e => e.Type is "gap" or "sensor-back").Sum(e => e.Duration ?? 0),
    };

    private static double Mean(IEnumerable<double?> values) => values.Average() ?? double.NaN;
}
