namespace EdgeRuntime.Governing;

/// <summary>Takes an observation into a state: slow-down, power, accounts, battery, heat and supply.</summary>
internal static class GovernorEstimates
{
    /// <summary>An estimate of power stands in for a measurement with this much on top.</summary>
    public const double Reserve = 1.03;

    /// <summary>Budget that may be saved up, in seconds at the goal's rate: enough to smooth, too little to overdraw a supply for long.</summary>
    private const double LargestCredit = 10;

    private const double LargestDebt = 30;

    // Frames after a switch that tell what the new choice costs beside the one before; later ones tell of the machine. While the
    // machine itself changes, even the first ones do not tell.
    private const int FactorFrames = 3;
    private const double FactorWeight = 0.7;

    // Factors and slow-down are told apart only by the plan: a slight pull to it keeps noise from moving all factors one way and the slow-down the other.
    private const double FactorPull = 0.97;

    // What a choice was seen to cost beyond the plan is believed less and less while it does not run: an unlucky look must not bar it for ever.
    private const double FactorSeconds = 300;

    // The controller of the temperature: per degree, and the time constant in seconds that it is made for (a small board with a heat sink).
    private const double HeatGain = 0.1;
    private const double HeatSeconds = 60;
    private const double HeatReserve = 0.7;
    private const double BatterySeconds = 120;

    /// <summary>Takes an observation in.</summary>
    public static void Update(GovernorPlan plan, Goals goals, ref GovernorState state, in Observation seen, double elapsed)
    {
        ForgetFactors(plan, ref state, elapsed);
        UpdateSlowDown(plan, ref state, seen);
        UpdatePeriod(ref state, seen);
        double watts = UpdatePower(plan, ref state, seen);
        UpdateAccounts(goals, ref state, seen, watts, elapsed);
        UpdateBattery(ref state, seen, watts, elapsed);
        UpdateHeat(goals, ref state, seen, elapsed);
        UpdateSupply(plan, ref state, seen);
        if (seen.Margin >= 0)
        {
            state.MarginNow += 0.2 * (seen.Margin - state.MarginNow);
            state.MarginUsual += 0.005 * (seen.Margin - state.MarginUsual);
        }

        state.LastMilliseconds = seen.Milliseconds > 0 ? seen.Milliseconds : state.LastMilliseconds;
    }

    /// <summary>Milliseconds that a choice is expected to take now.</summary>
    public static double Expected(GovernorPlan plan, in GovernorState state, int choice)
        => plan.Choices[choice].Milliseconds * state.Factors[choice] * (state.SlowDown.Mean > 0 ? state.SlowDown.Mean : 1);

    /// <summary>Power with a choice that takes some milliseconds of every period; NaN where nothing is known of power.</summary>
    public static double ExpectedWatts(GovernorPlan plan, in GovernorState state, double milliseconds)
        => state.ExtraWatts > 0 ? (plan.IdleWatts ?? 0) + (state.ExtraWatts * Busy(state.Period, milliseconds)) : double.NaN;

    private static double Busy(double period, double milliseconds)
        => period > 0 && milliseconds < period * 1e3 ? milliseconds * 1e-3 / period : 1;

    private static void UpdateSlowDown(GovernorPlan plan, ref GovernorState state, in Observation seen)
    {
        if (!(seen.Milliseconds > 0))
        {
            return;
        }

        bool cascade = seen.PlannedMilliseconds > 0;
        double planned = cascade ? seen.PlannedMilliseconds : plan.Choices[seen.Choice].Milliseconds * state.Factors[seen.Choice];
        double ratio = seen.Milliseconds / planned;
        if (!cascade && seen.Choice == state.Choice && state.FramesSinceSwitch < FactorFrames && state.LearnsFactor)
        {
            LearnFactor(ref state, seen.Choice, ratio / state.SlowDown.Mean);
            return;
        }

        state.FramesSinceSwitch++;
        state.SlowDown = state.SlowDown.Next(ratio);
    }

    // The middle one of three frames counts: one of them may be an outlier.
    private static void LearnFactor(ref GovernorState state, int choice, double ratio)
    {
        state.FactorLooks[state.FramesSinceSwitch++] = ratio;
        if (state.FramesSinceSwitch == FactorFrames)
        {
            (double a, double b, double c) = (state.FactorLooks[0], state.FactorLooks[1], state.FactorLooks[2]);
            double middle = Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
            state.Factors[choice] = Math.Clamp(Math.Pow(state.Factors[choice] * Math.Pow(middle, FactorWeight), FactorPull), 0.33, 3);
        }
    }

    private static void ForgetFactors(GovernorPlan plan, ref GovernorState state, double elapsed)
    {
        for (int i = 0; i < plan.Choices.Length; i++)
        {
            double beyond = state.Factors[i] - 1;
            state.Factors[i] -= i != state.Choice && beyond > 0 ? beyond * Math.Min(elapsed / FactorSeconds, 1) : 0;
        }
    }

    private static void UpdatePeriod(ref GovernorState state, in Observation seen)
    {
        // A period that the governor itself stretched says nothing of how often frames come.
        if (seen.PeriodSeconds > 0 && !(seen.PeriodSeconds <= state.Pause * 1.2))
        {
            state.Period += (state.Period > 0 ? 0.1 : 1) * (seen.PeriodSeconds - state.Period);
        }
    }

    // Returns the power of the period: measured, else estimated with a reserve, else NaN.
    private static double UpdatePower(GovernorPlan plan, ref GovernorState state, in Observation seen)
    {
        double idle = plan.IdleWatts ?? 0;
        if (state.ExtraWatts <= 0 && plan.ActiveWatts is { } active && active > idle)
        {
            state.ExtraWatts = active - idle;
            state.WorkWatts = active;
        }

        if (double.IsNaN(seen.Watts))
        {
            double estimate = ExpectedWatts(plan, state, state.LastMilliseconds > 0 ? state.LastMilliseconds : seen.Milliseconds) * Reserve;
            return estimate;
        }

        bool first = state.WattsSeenAt <= state.StartedAt;
        state.WattsSeenAt = seen.Seconds;
        double busy = seen.PeriodSeconds > 0 && state.LastMilliseconds > 0 ? Math.Min(state.LastMilliseconds * 1e-3 / seen.PeriodSeconds, 1) : double.NaN;
        if (busy > 0.01)
        {
            // Where the board hardly works, its power says little of what work costs.
            double weight = first ? 1 : 0.1 * Math.Min(1, 2 * busy);
            state.ExtraWatts += weight * (Math.Max((seen.Watts - idle) / busy, 1e-3) - state.ExtraWatts);
        }

        double work = seen.Joules / (seen.Milliseconds * 1e-3);
        if (work > 0)
        {
            state.WorkWatts += (state.WorkWatts > 0 ? 0.1 : 1) * (work - state.WorkWatts);
        }
        else if (state.ExtraWatts > 0)
        {
            state.WorkWatts = idle + state.ExtraWatts;
        }

        return seen.Watts;
    }

    private static void UpdateAccounts(Goals goals, ref GovernorState state, in Observation seen, double watts, double elapsed)
    {
        if (goals.MaxWatts != state.AccountedWatts)
        {
            state.AccountedWatts = goals.MaxWatts;
            state.WattsAccount = 0;
        }

        if (goals.MaxWatts is { } cap && !double.IsNaN(watts))
        {
            state.WattsAccount = Math.Clamp(state.WattsAccount + ((1 - (watts / cap)) * elapsed), -LargestDebt, LargestCredit);
        }

        double period = Math.Max(state.Period, 1e-3);
        double joules = seen.Joules > 0 ? seen.Joules : state.WorkWatts * seen.Milliseconds * 1e-3 * Reserve;
        if (goals.MaxJoulesPerFrame is { } energy && joules > 0)
        {
            state.JoulesAccount = Math.Clamp(state.JoulesAccount + 1 - (joules / energy), -LargestDebt / period, LargestCredit / period);
        }

        if (goals.MinFps is { } fps && seen.Milliseconds > 0)
        {
            state.FpsAccount = Math.Clamp(state.FpsAccount + 1 - (seen.Milliseconds * 1e-3 * fps), -LargestDebt / period, LargestCredit / period);
        }
    }

    private static void UpdateBattery(ref GovernorState state, in Observation seen, double watts, double elapsed)
    {
        if (!double.IsNaN(watts))
        {
            state.BatteryJoules = Math.Max(state.BatteryJoules - (watts * elapsed), 0);
        }

        if (!double.IsNaN(seen.BatteryJoules))
        {
            // Gauges tell whole per cents: the power in between is finer, and the gauge keeps it from drifting.
            double weight = double.IsNaN(watts) ? 1 : Math.Min(1, elapsed / BatterySeconds);
            state.BatteryJoules = double.IsNaN(state.BatteryJoules) ? seen.BatteryJoules : state.BatteryJoules + (weight * (seen.BatteryJoules - state.BatteryJoules));
            state.BatterySeenAt = seen.Seconds;
        }
    }

    private static void UpdateHeat(Goals goals, ref GovernorState state, in Observation seen, double elapsed)
    {
        if (goals.MaxCelsius is not { } limit)
        {
            state.HeatShare = 1;
            return;
        }

        if (double.IsNaN(seen.Celsius))
        {
            return;
        }

        state.CelsiusSeenAt = seen.Seconds;
        double before = double.IsNaN(state.Celsius) ? seen.Celsius : state.Celsius;
        state.Celsius = before + ((seen.Celsius - before) * elapsed / (elapsed + 2));

        // Proportional to the rise, integrating the distance: a temperature that heads for the limit is met before it gets there.
        double change = (-HeatGain * (state.Celsius - before)) + (HeatGain / HeatSeconds * (limit - HeatReserve - state.Celsius) * elapsed);
        state.HeatShare = Math.Clamp(state.HeatShare + change, 0, 1);
        state.HeatShareMean += (state.HeatShare - state.HeatShareMean) * Math.Min(1, elapsed / 30);
    }

    private static void UpdateSupply(GovernorPlan plan, ref GovernorState state, in Observation seen)
    {
        double since = seen.Seconds - state.SupplyCeilingAt;
        if ((seen.Throttled & ThrottleFlags.UnderVoltage) != 0)
        {
            if (state.SupplyCeiling == plan.Best || since > 0.5)
            {
                // A ceiling that was raised a moment ago was raised too early.
                state.SupplyPatience = since < 2 * state.SupplyPatience && state.SupplyCeilingAt > state.StartedAt ? Math.Min(2 * state.SupplyPatience, 300) : state.SupplyPatience;
                state.SupplyCeiling = Math.Max(Math.Min(state.Choice, state.SupplyCeiling) - 1, 0);
                state.SupplyCeilingAt = seen.Seconds;
            }
        }
        else if (state.SupplyCeiling < plan.Best && since > state.SupplyPatience)
        {
            state.SupplyCeiling++;
            state.SupplyCeilingAt = seen.Seconds;
        }
    }
}
