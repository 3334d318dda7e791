using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Energy.Logs;
using EdgeRuntime.Governing;

namespace GovernorSim;

/// <summary>Makes a trace of an energy log: how slow the machine was, how often frames came and what work cost, as recorded.</summary>
internal static class RecordedTrace
{
    // Fewer frames tell nothing of a machine.
    private const int FewestFrames = 20;

    /// <summary>Reads a log.</summary>
    /// <param name="log">Log with records of frames.</param>
    /// <param name="bundle">Bundle that ran, for the points and their figures.</param>
    /// <param name="goals">Goals to try.</param>
    /// <param name="idleWatts">Idle power where the log does not tell; null if unknown.</param>
    /// <exception cref="EdgeRuntimeException">The log and the bundle do not go together, or the log has too little in it.</exception>
    public static Trace Read(string log, string bundle, Goals goals, double? idleWatts)
    {
        using EdgeModel model = EdgeModel.Load(bundle);
        GovernorPlan plan = GovernorPlan.FromBundle(model.Bundle);
        EnergyLogReader reader = EnergyLogReader.Read(log);
        int run = reader.Entries.Count > 0 ? reader.Entries[^1].Run : 0;
        List<LogEntry> entries = reader.Entries.FindAll(e => e.Run == run);
        double idle = entries.Find(e => e.IdleWatts is not null)?.IdleWatts ?? idleWatts ?? 0;
        List<LogEntry> frames = entries.FindAll(e => e.Type == "frame" && e.Milliseconds > 0 && e.PeriodSeconds > 0);
        if (frames.Count < FewestFrames)
        {
            throw new EdgeRuntimeException($"{log}: its last run has {frames.Count} frames with their times; at least {FewestFrames} are needed.", 2);
        }

        double start = frames[0].Seconds;
        return new Trace
        {
            Name = Path.GetFileNameWithoutExtension(log),
            Story = $"as recorded, {frames.Count} frames",
            Seconds = frames[^1].Seconds - start,
            Choices = plan.Choices.ToArray(),
            Noise = 1e-6,
            PowerNoise = 1e-6,
            IdleWatts = idle,
            SlowDown = Of(frames, start, e => e.Milliseconds / Planned(plan, e, log)),
            Period = Of(frames, start, e => e.PeriodSeconds),
            ExtraWatts = Of(frames, start, e => (e.GrossJoules / (e.Milliseconds * 1e-3)) - idle),
            Goals = [(0, goals)],
        };
    }

    private static double Planned(GovernorPlan plan, LogEntry entry, string log)
    {
        foreach (OperatingChoice choice in plan.Choices)
        {
            if (choice.Name == entry.Point)
            {
                return choice.Milliseconds;
            }
        }

        throw new EdgeRuntimeException($"{log}: frames ran at the point '{entry.Point}', which is none of the bundle's. Name the bundle that ran.", 2);
    }

    private static Curve Of(List<LogEntry> frames, double start, Func<LogEntry, double?> value)
    {
        List<(double, double)> knots = [];
        foreach (LogEntry entry in frames)
        {
            if (value(entry) is { } known && double.IsFinite(known) && (knots.Count == 0 || entry.Seconds - start > knots[^1].Item1))
            {
                knots.Add((entry.Seconds - start, known));
            }
        }

        return knots.Count > 0 ? new Curve([.. knots]) : throw new EdgeRuntimeException("The log does not tell what frames cost; record one with a sensor or a model of power.", 2);
    }
}
