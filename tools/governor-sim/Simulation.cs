using EdgeRuntime.Governing;

namespace GovernorSim;

/// <summary>Runs a governor through a world.</summary>
internal static class Simulation
{
    /// <summary>All frames of the run.</summary>
    public static List<Frame> Run(World world)
    {
        Trace trace = world.Trace;
        GovernorPlan plan = new(Points.Choices, trace.IdleWatts);
        Governor governor = new(plan, trace.GoalsAt(0));
        List<Frame> frames = [];
        double start = 0;
        double celsius = trace.Ambient.At(0) + (trace.IdleWatts * Heat.Resistance);
        double battery = trace.BatteryJoules;
        double previousWatts = double.NaN;
        double previousStart = double.NaN;
        double secondWatts = trace.IdleWatts;
        for (int n = 0; start < trace.Seconds; n++)
        {
            governor.Goals = trace.GoalsAt(start);
            int choice = governor.Choice;
            double milliseconds = world.Milliseconds(n, start, choice);
            double end = start + (milliseconds * 1e-3);
            double extra = trace.ExtraWatts.At(start);
            Observation seen = new()
            {
                Seconds = end,
                Choice = choice,
                Milliseconds = milliseconds,
                PeriodSeconds = start - previousStart,
                Watts = Hidden(trace.NoPower, start) ? double.NaN : previousWatts * world.PowerNoise(n),
                Joules = Hidden(trace.NoPower, start) ? double.NaN : (trace.IdleWatts + extra) * milliseconds * 1e-3 * world.PowerNoise(n + 1),
                BatteryJoules = trace.BatteryJoules <= 0 || Hidden(trace.NoGauge, start) ? double.NaN : trace.GaugeStep > 0 ? Math.Ceiling(battery / trace.GaugeStep) * trace.GaugeStep : battery,
                Celsius = Hidden(trace.NoTemperature, start) ? double.NaN : Math.Round(celsius * 2) / 2,
                Throttled = secondWatts > trace.SupplyWatts.At(start) ? ThrottleFlags.UnderVoltage : ThrottleFlags.None,
            };
            Decision decision = governor.Observe(seen);
            double next = world.NextStart(start, end, decision.PauseSeconds);
            double span = next - start;
            double watts = trace.IdleWatts + (extra * Math.Min(milliseconds * 1e-3 / span, 1));
            celsius = Heat.Next(celsius, trace.Ambient.At(start), watts, span);
            battery -= watts * span;
            secondWatts = watts + ((secondWatts - watts) * Math.Exp(-span));
            frames.Add(new Frame(start, choice, milliseconds, watts, celsius, seen, decision, governor.State.SlowDown.Mean));
            (previousWatts, previousStart, start) = (watts, start, next);
            if (trace.BatteryJoules > 0 && battery <= 0)
            {
                break;
            }
        }

        return frames;
    }

    private static bool Hidden((double From, double To)[] stretches, double seconds) => Array.Exists(stretches, s => seconds >= s.From && seconds < s.To);
}
