using EdgeRuntime.Governing;

namespace GovernorSim;

/// <summary>The governor, told what its sensors tell.</summary>
internal sealed class GovernorChooser : IChooser
{
    private readonly World _world;
    private readonly Governor _governor;

    public GovernorChooser(World world)
    {
        _world = world;
        _governor = new Governor(new GovernorPlan(world.Trace.Choices, world.Trace.IdleWatts), world.Trace.GoalsAt(0));
    }

    /// <summary>Switches and other things worth a line, with their times.</summary>
    public List<(double Seconds, bool IsSwitch, string Text)> Lines { get; } = [];

    /// <summary>Estimates of the slow-down.</summary>
    public List<(double Seconds, double Value)> Estimates { get; } = [];

    public int Choose(in Moment moment)
    {
        _governor.Goals = _world.Trace.GoalsAt(moment.Start);
        return _governor.Choice;
    }

    public double Done(in Moment moment, double milliseconds, Frame? previous)
    {
        Trace trace = _world.Trace;
        double start = moment.Start;
        bool dark = Hidden(trace.NoPower, start);
        double end = start + (milliseconds * 1e-3);
        Decision decision = _governor.Observe(new Observation
        {
            Seconds = end,
            Choice = _governor.Choice,
            Milliseconds = milliseconds,
            PeriodSeconds = previous?.Span ?? double.NaN,
            Watts = dark || previous is null ? double.NaN : previous.Watts * _world.PowerNoise(moment.Number),
            Joules = dark ? double.NaN : (trace.IdleWatts + trace.ExtraWatts.At(start)) * milliseconds * 1e-3 * _world.PowerNoise(moment.Number + 1),
            BatteryJoules = trace.BatteryJoules <= 0 || Hidden(trace.NoGauge, start) ? double.NaN
                : trace.GaugeStep > 0 ? Math.Ceiling(moment.BatteryJoules / trace.GaugeStep) * trace.GaugeStep : moment.BatteryJoules,
            Celsius = Hidden(trace.NoTemperature, start) ? double.NaN : Math.Round(moment.Celsius * 2) / 2,
            Throttled = moment.SecondWatts > trace.SupplyWatts.At(start) ? ThrottleFlags.UnderVoltage : ThrottleFlags.None,
        });
        if (decision.IsSwitch)
        {
            Lines.Add((end, true, decision.Explain(_governor.Plan)));
        }

        foreach (string notice in decision.Notices())
        {
            Lines.Add((end, false, notice));
        }

        Estimates.Add((end, _governor.State.SlowDown.Mean));
        return decision.PauseSeconds;
    }

    private static bool Hidden((double From, double To)[] stretches, double seconds) => Array.Exists(stretches, s => seconds >= s.From && seconds < s.To);
}
