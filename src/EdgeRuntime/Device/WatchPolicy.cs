using System.Text.Json;
using EdgeRuntime.Bundles;
using EdgeRuntime.Energy;
using EdgeRuntime.Governing;
using EdgeRuntime.Platform;

namespace EdgeRuntime.Device;

/// <summary>Joins the watch with the energy meter, the governor and the cascade, each of which may be absent.</summary>
/// <param name="settings">What to keep to.</param>
/// <param name="sources">Where figures come from and go.</param>
/// <param name="log">Told of switches and troubles.</param>
public sealed class WatchPolicy(WatchPolicySettings settings, EnergySources sources, IDeviceLog log) : IWatchPolicy
{
    private Bundle? _bundle;
    private Governor? _governor;
    private Cascade? _cascade;
    private FrameEnergy _energy;
    private double _planned;
    private int _point;
    private int _stage;
    private long _startedAt;
    private long _previousStart;
    private long _firstStart;
    private int _nextCap;
    private Goals _goals = settings.Goals;

    /// <inheritdoc/>
    public long NotBefore { get; private set; }

    /// <inheritdoc/>
    public int Begin(Bundle bundle)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        Cascade? cascade = settings.Cascade
            ? Cascade.FromBundle(bundle) ?? throw new EdgeRuntimeException($"The bundle '{bundle.Name}' has no thresholds for a cascade. Make points and thresholds with 'modelpacker tune', or leave --cascade out.", 3)
            : null;
        Governor? governor = cascade is null && !_goals.Any ? null
            : new Governor(cascade?.ToPlan(sources.IdleWatts, sources.ActiveWatts) ?? GovernorPlan.FromBundle(bundle, sources.IdleWatts, sources.ActiveWatts), _goals);
        int point = governor is null ? (settings.Point is null ? 0 : bundle.FindPoint(settings.Point)) : cascade is null ? governor.Point : cascade.Stages[0].Index;
        if (governor is not null && cascade is null && governor.Plan.Choices.Length == 1)
        {
            log.Warn("nothing-to-choose", $"The bundle '{bundle.Name}' has only one usable operating point, so goals can only be watched. Add points with 'modelpacker tune'.");
        }

        (_bundle, _cascade, _governor, _point) = (bundle, cascade, governor, point);
        (_stage, _planned, NotBefore) = (0, 0, 0);
        return point;
    }

    /// <inheritdoc/>
    public void Starting()
    {
        _previousStart = _startedAt;
        _startedAt = Clock.Now;
        _firstStart = _firstStart == 0 ? _startedAt : _firstStart;
        Recap();
        _stage = 0;
        _planned = _cascade?.Stages[0].Milliseconds ?? double.NaN;
        sources.Meter?.BeginFrame();
    }

    /// <inheritdoc/>
    public bool LooksAgain(in FrameObservation soFar, out int point)
    {
        point = _point;
        if (_cascade is null)
        {
            return false;
        }

        int ceiling = _governor!.Point;
        double left = _goals.DeadlineMs is { } deadline ? deadline - ((soFar.AnsweredAt - soFar.StartedAt) / 1e6) : double.PositiveInfinity;
        int next = _cascade.Next(_stage, soFar.Margin, ceiling, Math.Max(_governor.State.SlowDown.Mean, 0), left);
        if (next < 0)
        {
            return false;
        }

        _stage = next;
        _planned += _cascade.Stages[next].Milliseconds;
        point = _cascade.Stages[next].Index;
        return true;
    }

    /// <inheritdoc/>
    public int Next(in FrameObservation frame)
    {
        _energy = sources.Meter?.EndFrame() ?? default;
        if (_governor is not null)
        {
            Govern(in frame);
        }

        if (sources.Meter is not null)
        {
            sources.Log?.Frame(frame.Frame, _bundle!.Points[frame.Point].Name, frame.Latency / 1e6, in _energy);
        }

        return _point;
    }

    /// <inheritdoc/>
    public void Describe(Utf8JsonWriter line)
    {
        ArgumentNullException.ThrowIfNull(line);
        if (sources.Meter is null)
        {
            return;
        }

        line.WriteStartObject("energy"u8);
        line.WriteString("source"u8, sources.Meter.Source);
        Number(line, "gross_j"u8, _energy.GrossJoules);
        Number(line, "net_j"u8, _energy.NetJoules);
        Number(line, "period_s"u8, _energy.PeriodSeconds);
        Number(line, "period_j"u8, _energy.PeriodJoules);
        Number(line, "watts"u8, _energy.PeriodWatts);
        line.WriteEndObject();
    }

    private void Recap()
    {
        if (_governor is null || settings.LaterCaps is null || _nextCap >= settings.LaterCaps.Count || (_startedAt - _firstStart) / 1e9 < settings.LaterCaps[_nextCap].Seconds)
        {
            return;
        }

        double watts = settings.LaterCaps[_nextCap++].Watts;
        _goals = _goals with { MaxWatts = watts };
        _governor.Goals = _goals;
        log.Note("goal", FormattableString.Invariant($"The power goal is {watts} W from now on."));
    }

    private void Govern(in FrameObservation frame)
    {
        GovernorPlan plan = _governor!.Plan;
        bool metered = sources.Meter is not null;
        if (metered && _previousStart == 0)
        {
            // Power is a mean over a period, and the first frame has none: a governor told of it would think that the sensor fails.
            return;
        }

        Decision decision = _governor.Observe(new Observation
        {
            Seconds = frame.AnsweredAt / 1e9,
            Choice = _cascade is null ? _governor.Choice : ChoiceOf(plan, _stage),
            Milliseconds = (frame.AnsweredAt - frame.StartedAt) / 1e6,
            PlannedMilliseconds = _planned,
            PeriodSeconds = _previousStart == 0 ? double.NaN : (_startedAt - _previousStart) / 1e9,
            Watts = metered ? _energy.PeriodWatts : double.NaN,
            Joules = metered ? _energy.GrossJoules : double.NaN,
            BatteryJoules = sources.Health?.BatteryJoules ?? double.NaN,
            Celsius = sources.Health?.Celsius ?? double.NaN,
            Throttled = sources.Health?.Throttled ?? ThrottleFlags.None,
            Margin = frame.Margin,
        });
        NotBefore = decision.PauseSeconds > 0 ? _startedAt + (long)(decision.PauseSeconds * 1e9) : 0;
        if (_cascade is null)
        {
            _point = _governor.Point;
        }

        if (decision.IsSwitch)
        {
            string reason = decision.Explain(plan);
            log.Note("switch", reason);
            sources.Log?.Switch(plan.Choices[decision.Previous].Name, plan.Choices[decision.Choice].Name, reason);
        }

        if (decision.NewTroubles != GovernorTroubles.None)
        {
            foreach (string notice in decision.Notices())
            {
                log.Warn("governor", notice);
            }
        }
    }

    // A plan leaves out stages that cost more and answer no better than others.
    private static int ChoiceOf(GovernorPlan plan, int stage)
    {
        int choice = 0;
        for (int i = 0; i < plan.Choices.Length; i++)
        {
            choice = plan.Choices[i].Index <= stage ? i : choice;
        }

        return choice;
    }

    private static void Number(Utf8JsonWriter line, ReadOnlySpan<byte> name, double value)
    {
        if (double.IsFinite(value))
        {
            line.WriteNumber(name, value);
        }
        else
        {
            line.WriteNull(name);
        }
    }
}
