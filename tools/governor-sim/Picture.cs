using EdgeRuntime.Charts;
using EdgeRuntime.Governing;

namespace GovernorSim;

/// <summary>Draws a run: what the goals were, what the world did, what the governor chose and what the oracle would have chosen.</summary>
internal static class Picture
{
    public static string Draw(Result result)
    {
        Trace trace = result.Trace;
        Timeline timeline = new($"{trace.Name}: {trace.Story}", result.Line);
        List<Frame> frames = result.Frames;
        TimelinePanel points = new("operating point", "") { States = [.. trace.Choices.Select(c => c.Name)] };
        points.Lines.Add(("oracle, mean of 5 s", "#8c959f", Smooth(result.Oracle.ConvertAll(f => (f.Start, (double)f.Choice, f.Span)), 5), false));
        points.Lines.Add(("governor", "#1a7f37", frames.ConvertAll(f => (f.Start, (double)f.Choice)), true));
        foreach ((double seconds, bool isSwitch, string text) in result.Lines)
        {
            if (!isSwitch)
            {
                points.Bands.Add((seconds, seconds, "#cf222e", text));
            }
        }

        TimelinePanel power = new("power, mean of 5 s", "W") { FromZero = false };
        power.Lines.Add(("oracle", "#8c959f", Smooth(result.Oracle.ConvertAll(f => (f.Start, f.Watts, f.Span)), 5), false));
        power.Lines.Add(("governor", "#0969da", Smooth(frames.ConvertAll(f => (f.Start, f.Watts, f.Span)), 5), false));
        Limit(power, trace, g => g.MaxWatts, "goal");
        Dark(power, trace.NoPower, "power is not measured");
        timeline.Panels.AddRange([points, power]);
        TimelinePanel latency = new("time of a frame's work", "ms") { FromZero = true };
        latency.Lines.Add(("governor", "#bc4c00", frames.ConvertAll(f => (f.Start, f.Milliseconds)), false));
        Limit(latency, trace, g => g.DeadlineMs, "deadline");
        Limit(latency, trace, g => 1000 / g.MinFps, "rate");
        timeline.Panels.Add(latency);
        if (trace.Goals[0].Goals.MaxJoulesPerFrame is not null)
        {
            TimelinePanel energy = new("energy of a frame, mean of 5 s", "mJ") { FromZero = true };
            energy.Lines.Add(("governor", "#8250df", Smooth(frames.ConvertAll(f => (f.Start, f.WorkJoules * 1e3, f.Span)), 5), false));
            Limit(energy, trace, g => g.MaxJoulesPerFrame * 1e3, "goal");
            timeline.Panels.Add(energy);
        }

        if (trace.Goals[0].Goals.MaxCelsius is not null)
        {
            TimelinePanel heat = new("temperature", "°C");
            heat.Lines.Add(("oracle", "#8c959f", result.Oracle.ConvertAll(f => (f.Start, f.Celsius)), false));
            heat.Lines.Add(("governor", "#cf222e", frames.ConvertAll(f => (f.Start, f.Celsius)), false));
            Limit(heat, trace, g => g.MaxCelsius, "goal");
            Dark(heat, trace.NoTemperature, "temperature is not known");
            timeline.Panels.Add(heat);
        }

        if (trace.BatteryJoules > 0)
        {
            TimelinePanel battery = new("battery", "J") { FromZero = true };
            battery.Lines.Add(("oracle", "#8c959f", result.Oracle.ConvertAll(f => (f.Start, f.BatteryJoules)), false));
            battery.Lines.Add(("governor", "#1a7f37", frames.ConvertAll(f => (f.Start, f.BatteryJoules)), false));
            Dark(battery, trace.NoGauge, "the gauge does not answer");
            timeline.Panels.Add(battery);
        }

        TimelinePanel slow = new("slow-down", "") { FromZero = true };
        slow.Lines.Add(("true", "#8c959f", frames.ConvertAll(f => (f.Start, trace.SlowDown.At(f.Start))), false));
        slow.Lines.Add(("estimated", "#bc4c00", result.Estimates, false));
        timeline.Panels.Add(slow);
        return timeline.ToSvg();
    }

    private static void Limit(TimelinePanel panel, Trace trace, Func<Goals, double?> goal, string name)
    {
        List<(double, double)> points = [];
        for (int i = 0; i < trace.Goals.Length; i++)
        {
            double end = i + 1 < trace.Goals.Length ? trace.Goals[i + 1].From : trace.Seconds;
            points.Add((trace.Goals[i].From, goal(trace.Goals[i].Goals) ?? double.NaN));
            points.Add((end, goal(trace.Goals[i].Goals) ?? double.NaN));
        }

        if (points.Exists(p => double.IsFinite(p.Item2)))
        {
            panel.Limits.Add((name, points));
        }
    }

    private static void Dark(TimelinePanel panel, (double From, double To)[] stretches, string text)
    {
        foreach ((double from, double to) in stretches)
        {
            panel.Bands.Add((from, to, "#9a6700", text));
        }
    }

    // Means over windows of time, so that blocks do not hide where the mean lies.
    private static List<(double, double)> Smooth(List<(double Start, double Value, double Span)> points, double window)
    {
        List<(double, double)> smooth = [];
        int first = 0;
        double sum = 0;
        double weight = 0;
        for (int i = 0; i < points.Count; i++)
        {
            sum += points[i].Value * points[i].Span;
            weight += points[i].Span;
            while (points[i].Start - points[first].Start > window)
            {
                sum -= points[first].Value * points[first].Span;
                weight -= points[first].Span;
                first++;
            }

            smooth.Add((points[i].Start, sum / weight));
        }

        return smooth;
    }
}
