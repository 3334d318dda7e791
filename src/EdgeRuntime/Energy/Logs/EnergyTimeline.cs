using EdgeRuntime.Charts;

namespace EdgeRuntime.Energy.Logs;

/// <summary>Draws a log: power, energy, operating point, latency and energy of frames over time.</summary>
public static class EnergyTimeline
{
    // Openings of one log are drawn one behind the other, with this much room between.
    private const double Pause = 1;

    /// <summary>An SVG file.</summary>
    public static string ToSvg(IReadOnlyList<LogEntry> entries, string title)
    {
        ArgumentNullException.ThrowIfNull(entries);
        TimelinePanel power = new("power", "W") { FromZero = true };
        TimelinePanel energy = new("energy since the start", "J") { FromZero = true };
        TimelinePanel latency = new("latency", "ms") { FromZero = true };
        TimelinePanel frames = new("energy of a frame", "J") { FromZero = true };
        List<(double, double)> watts = [];
        List<(double, double)> idle = [];
        List<(double, double)> joules = [];
        List<(double, double)> points = [];
        List<(double, double)> milliseconds = [];
        List<(double, double)> gross = [];
        List<(double, double)> net = [];
        List<string> names = [];
        List<(double, double, string, string)> switches = [];
        double offset = -entries.Select(e => e.Seconds).FirstOrDefault();
        double last = 0;
        double idleWatts = double.NaN;
        foreach (LogEntry entry in entries)
        {
            if (entry.Type == "start")
            {
                offset = last > 0 ? last + Pause - entry.Seconds : offset;
                idleWatts = entry.IdleWatts ?? double.NaN;
                watts.Add((last, double.NaN));
                joules.Add((last, double.NaN));
            }

            double now = Math.Max(offset + entry.Seconds, last);
            last = now;
            switch (entry.Type)
            {
                case "power":
                    watts.Add((now - ((entry.Duration ?? 0) / 2), entry.Watts ?? double.NaN));
                    joules.Add((now, entry.Joules ?? double.NaN));
                    idle.Add((now, idleWatts));
                    break;
                case "frame":
                    points.Add((now, IndexOf(names, entry.Point ?? "?")));
                    milliseconds.Add((now, entry.Milliseconds ?? double.NaN));
                    gross.Add((now, entry.GrossJoules ?? double.NaN));
                    net.Add((now, entry.NetJoules ?? double.NaN));
                    break;
                case "switch":
                    switches.Add((now, now, "#1a7f37", entry.Message ?? "switch"));
                    break;
                case "gap" or "sensor-back":
                    power.Bands.Add((now - (entry.Duration ?? 0), now, "#9a6700", entry.Message ?? entry.Type));
                    break;
                case "sensor-lost" or "lost" or "note":
                    power.Bands.Add((now, now, "#cf222e", entry.Message ?? entry.Type));
                    break;
            }
        }

        TimelinePanel states = new("operating point", "") { States = [.. names] };
        power.Lines.Add(("power", "#0969da", watts, false));
        if (idle.Exists(i => double.IsFinite(i.Item2)))
        {
            power.Lines.Add(("idle", "#6e7781", idle, true));
        }

        energy.Lines.Add(("energy", "#8250df", joules, false));
        // Switches carry their reasons where the mouse rests on them.
        states.Bands.AddRange(switches);
        states.Lines.Add(("point", "#1a7f37", points, true));
        latency.Lines.Add(("latency", "#bc4c00", milliseconds, false));
        frames.Lines.Add(("gross", "#0969da", gross, false));
        frames.Lines.Add(("net of idle", "#1a7f37", net, false));
        Timeline timeline = new(title, Summary(entries));
        if (joules.Exists(j => double.IsFinite(j.Item2)) || power.Bands.Count > 0 || points.Count == 0)
        {
            timeline.Panels.AddRange([power, energy]);
        }

        if (points.Count > 0)
        {
            timeline.Panels.AddRange([states, latency, frames]);
        }

        return timeline.ToSvg();
    }

    private static string Summary(IReadOnlyList<LogEntry> entries)
    {
        string sources = string.Join(", ", entries.Select(e => e.Source).Where(s => s is not null).Distinct());
        int frames = entries.Count(e => e.Type == "frame");
        int switches = entries.Count(e => e.Type == "switch");
        return FormattableString.Invariant($"source: {(sources.Length > 0 ? sources : "none")} · {frames} frames · {switches} switches");
    }

    private static int IndexOf(List<string> names, string name)
    {
        int index = names.IndexOf(name);
        if (index < 0)
        {
            index = names.Count;
            names.Add(name);
        }

        return index;
    }
}
