namespace EdgeRuntime.Governing;

/// <summary>Where between the choices the goals allow the mean to lie, by what is known now.</summary>
internal ref struct GovernorLimits
{
    // Seconds in which a saved or overspent budget is to be used up.
    private const double Recovery = 20;

    // Of frames, 99 % of a normal distribution are below the mean plus this many deviations.
    private const double DeadlineDeviations = 2.33;

    private readonly GovernorPlan _plan;
    private readonly Goals _goals;
    private readonly Span<double> _relative;

    /// <param name="plan">Choices.</param>
    /// <param name="goals">Goals.</param>
    /// <param name="scratch">Room for one number per choice.</param>
    public GovernorLimits(GovernorPlan plan, Goals goals, Span<double> scratch)
    {
        _plan = plan;
        _goals = goals;
        _relative = scratch[..plan.Choices.Length];
        Position = plan.Best;
        Ceiling = plan.Best;
        Target = double.NaN;
        Measured = double.NaN;
    }

    /// <summary>Position of the mean.</summary>
    public double Position { get; private set; }

    /// <summary>Highest choice that may run at all.</summary>
    public int Ceiling { get; private set; }

    /// <summary>The goal that limits most.</summary>
    public Goal Limit { get; private set; }

    /// <summary>Expected value of that goal at the choice that runs.</summary>
    public double Measured { get; private set; }

    /// <summary>Value of that goal.</summary>
    public double Target { get; private set; }

    /// <summary>Whether the cheapest choice does not meet some goal.</summary>
    public bool IsUnreachable { get; private set; }

    /// <summary>Time between frames at which the cheapest choice would meet it; 0: not to be met by waiting.</summary>
    public double Pause { get; private set; }

    /// <summary>Computes everything.</summary>
    public void Compute(in GovernorState state, double now)
    {
        if (_goals.MaxWatts is { } watts)
        {
            Watts(state, Goal.Watts, watts, 1 + (state.WattsAccount / Recovery));
        }

        if (_goals.BatteryHours is { } hours && state.StartedAt + (hours * 3600) - now > 1)
        {
            Watts(state, Goal.Battery, state.BatteryJoules / (state.StartedAt + (hours * 3600) - now), 1);
        }

        if (_goals.MaxJoulesPerFrame is { } joules)
        {
            Mean(state, Goal.JoulesPerFrame, joules, state.WorkWatts * 1e-3, 1 + (state.JoulesAccount * state.Period / Recovery), joules);
        }

        if (_goals.MinFps is { } fps)
        {
            Mean(state, Goal.Fps, 1 / fps, 1e-3, 1 + (state.FpsAccount * state.Period / Recovery), fps);
        }

        if (_goals.MaxCelsius is { } celsius)
        {
            Heat(state, celsius, now);
        }

        if (_goals.DeadlineMs is { } deadline)
        {
            Deadline(state, deadline, now);
        }

        if (state.SupplyCeiling < _plan.Best)
        {
            Restrict(state.SupplyCeiling, Goal.UnderVoltage, double.NaN, double.NaN);
        }
    }

    private void Watts(in GovernorState state, Goal goal, double target, double budget)
    {
        double idle = _plan.IdleWatts ?? 0;
        if (double.IsNaN(target) || state.ExtraWatts <= 0)
        {
            // Nothing is known: the cheapest is the only safe choice.
            Take(0, goal, double.NaN, target);
            return;
        }

        for (int i = 0; i < _relative.Length; i++)
        {
            _relative[i] = GovernorEstimates.ExpectedWatts(_plan, state, GovernorEstimates.Expected(_plan, state, i)) / target;
        }

        // A debt is paid back by waiting longer, but not so long that nothing is seen any more.
        double room = Math.Max((target * Math.Min(budget, 1.2)) - idle, 0.3 * (target - idle));
        double pause = state.ExtraWatts * GovernorEstimates.Expected(_plan, state, 0) * 1e-3 / room;
        TakeRelative(goal, budget, _relative[state.Choice] * target, target, room > 0 ? pause : 0);
    }

    private void Mean(in GovernorState state, Goal goal, double target, double perMillisecond, double budget, double shown)
    {
        if (!(perMillisecond > 0))
        {
            Take(0, goal, double.NaN, shown);
            return;
        }

        for (int i = 0; i < _relative.Length; i++)
        {
            _relative[i] = GovernorEstimates.Expected(_plan, state, i) * perMillisecond / target;
        }

        double relative = _relative[state.Choice];
        TakeRelative(goal, budget, goal == Goal.Fps ? shown / relative : shown * relative, shown, 0);
    }

    private void Heat(in GovernorState state, double limit, double now)
    {
        bool isKnown = now - state.CelsiusSeenAt <= GovernorPolicy.SilenceSeconds;
        double share = isKnown ? state.HeatShare : Math.Max(Math.Min(state.HeatShare, state.HeatShareMean) - 0.05, 0);
        double low = GovernorEstimates.Expected(_plan, state, 0);
        double range = GovernorEstimates.Expected(_plan, state, _plan.Best) - low;
        for (int i = 0; i < _relative.Length; i++)
        {
            _relative[i] = range > 0 ? (GovernorEstimates.Expected(_plan, state, i) - low) / range : 0;
        }

        Take(PositionOf(share), Goal.Celsius, state.Celsius, limit);
        IsUnreachable |= share <= 0 && state.Celsius > limit + 1 && state.Choice == 0;
    }

    private void Deadline(in GovernorState state, double deadline, double now)
    {
        double worst = 1 + (DeadlineDeviations * state.SlowDown.Deviation);
        int highest = _plan.Best;
        while (highest > 0 && GovernorEstimates.Expected(_plan, state, highest) * worst > deadline * (highest > state.Choice ? 0.97 : 1))
        {
            highest--;
        }

        // What was too slow a moment ago is not tried again at once.
        if (highest > state.Choice && now - state.DeadlineForcedAt < state.DeadlinePatience)
        {
            highest = state.Choice;
        }

        double expected = GovernorEstimates.Expected(_plan, state, state.Choice) * worst;
        IsUnreachable |= GovernorEstimates.Expected(_plan, state, 0) > deadline;
        if (highest < _plan.Best)
        {
            Restrict(highest, Goal.Deadline, expected, deadline);
        }
    }

    private void TakeRelative(Goal goal, double budget, double measured, double shown, double pause)
    {
        double allowed = Math.Clamp(budget, 0.5, 1.5);
        if (_relative[0] > 1.02)
        {
            IsUnreachable = true;
            Pause = Math.Max(Pause, pause);
        }

        Take(PositionOf(allowed), goal, measured, shown);
    }

    // The highest choice that costs no more than allowed, and the share of the next one that the rest pays for.
    private readonly double PositionOf(double allowed)
    {
        int at = _relative.Length - 1;
        while (at > 0 && _relative[at] > allowed)
        {
            at--;
        }

        if (at == _relative.Length - 1 || _relative[at] > allowed)
        {
            return at;
        }

        return at + Math.Clamp((allowed - _relative[at]) / (_relative[at + 1] - _relative[at]), 0, 1);
    }

    private void Restrict(int ceiling, Goal goal, double measured, double target)
    {
        Ceiling = Math.Min(Ceiling, ceiling);
        Take(ceiling, goal, measured, target);
    }

    private void Take(double position, Goal goal, double measured, double target)
    {
        if (position < Position || (Limit == Goal.None && position < _plan.Best) || (position <= 0 && IsUnreachable))
        {
            Position = Math.Min(position, Position);
            (Limit, Measured, Target) = (goal, measured, target);
        }
    }
}
