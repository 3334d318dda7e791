using EdgeRuntime.Governing;

namespace GovernorSim;

/// <summary>Figures of a run.</summary>
internal static class Measure
{
    private const double Settling = 15;

    /// <summary>Largest of the goals about means over a stretch of goals, each as measured over wanted: above 1 it is not met.</summary>
    public static double MeanRatio(Trace trace, List<Frame> frames, int phase)
    {
        Goals goals = trace.Goals[phase].Goals;
        List<Frame> own = [.. Of(trace, frames, phase)];
        double seconds = own.Sum(f => f.Span);
        double ratio = 0;
        if (own.Count == 0)
        {
            return ratio;
        }

        if (goals.MaxWatts is { } watts)
        {
            ratio = Math.Max(ratio, own.Sum(f => f.Watts * f.Span) / seconds / watts);
        }

        if (goals.MaxJoulesPerFrame is { } joules)
        {
            ratio = Math.Max(ratio, own.Average(f => f.WorkJoules) / joules);
        }

        if (goals.MinFps is { } fps)
        {
            ratio = Math.Max(ratio, own.Average(f => f.Milliseconds) * 1e-3 * fps);
        }

        if (goals.BatteryHours is { } hours)
        {
            // Empty too early, or the energy used of that which was there.
            double lasted = frames[^1].Start + frames[^1].Span;
            ratio = Math.Max(ratio, frames[^1].BatteryJoules <= 0 ? hours * 3600 / lasted : 1 - (frames[^1].BatteryJoules / trace.BatteryJoules));
        }

        return ratio;
    }

    /// <summary>Largest of all goals over all stretches, as measured over wanted; misses of a deadline come in as 1 plus their share.</summary>
    public static double GoalRatio(Trace trace, List<Frame> frames)
    {
        double ratio = 0;
        for (int phase = 0; phase < trace.Goals.Length; phase++)
        {
            Goals goals = trace.Goals[phase].Goals;
            List<Frame> own = [.. Of(trace, frames, phase)];
            ratio = Math.Max(ratio, MeanRatio(trace, frames, phase));
            if (goals.MaxCelsius is { } celsius && own.Count > 0)
            {
                ratio = Math.Max(ratio, own.Max(f => f.Celsius) / celsius);
            }

            if (goals.DeadlineMs is { } deadline && own.Count > 0)
            {
                ratio = Math.Max(ratio, 1 + ((double)own.Count(f => f.Milliseconds > deadline) / own.Count));
            }
        }

        return ratio;
    }

    /// <summary>Mean share of right answers.</summary>
    public static double Quality(Trace trace, List<Frame> frames) => frames.Average(f => trace.Choices[f.Choice].Quality);

    /// <summary>Switches a second, away from the start and from what happens in the trace.</summary>
    public static double SteadySwitches(Trace trace, List<Frame> frames)
    {
        double seconds = 0;
        int switches = 0;
        for (int i = 1; i < frames.Count; i++)
        {
            double start = frames[i].Start;
            if (start > Settling && !Array.Exists(trace.Events, e => start >= e && start < e + Settling))
            {
                seconds += frames[i].Span;
                switches += frames[i].Choice != frames[i - 1].Choice ? 1 : 0;
            }
        }

        return seconds > 0 ? switches / seconds : 0;
    }

    private static IEnumerable<Frame> Of(Trace trace, List<Frame> frames, int phase)
    {
        double from = trace.Goals[phase].From;
        double to = phase + 1 < trace.Goals.Length ? trace.Goals[phase + 1].From : double.PositiveInfinity;
        return frames.Where(f => f.Start >= from && f.Start < to);
    }
}
