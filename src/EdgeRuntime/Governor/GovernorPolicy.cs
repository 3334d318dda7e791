namespace EdgeRuntime.Governing;

/// <summary>Decides which operating point runs next: a pure function of plan, goals, state and observation. It reads no clock and no sensor.</summary>
/// <remarks>
/// Every goal about a mean allows a position between two neighbouring choices; the lowest one counts. The choices run in blocks so that their mean
/// lies there, and accounts of what was really spent move the position until the goal is met, whatever the estimates are worth. Goals about single frames
/// (deadline) and about the supply cap the choice and act at once.
/// </remarks>
public static class GovernorPolicy
{
    /// <summary>Seconds without a measurement after which its sensor counts as failed.</summary>
    public const double SilenceSeconds = 3;

    private const double BatterySilenceSeconds = 120;

    // A block is long enough for at most one switch a second, and its cost small beside a minute's mean.
    private const double BlockSeconds = 0.75;
    private const double ShortestStay = 1.0;
    private const double LargestMix = 3;
    private const double UnreachableSeconds = 5;

    /// <summary>One step.</summary>
    /// <param name="plan">Choices.</param>
    /// <param name="goals">Goals; they may differ from step to step.</param>
    /// <param name="state">State before.</param>
    /// <param name="observation">What is known after the frame; figures that cannot be (negative power, a clock that goes back) count as not measured.</param>
    /// <returns>The state after, and the decision.</returns>
    public static (GovernorState State, Decision Decision) Step(GovernorPlan plan, Goals goals, in GovernorState state, in Observation observation)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(goals);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)observation.Choice, (uint)plan.Choices.Length, nameof(observation));
        Observation seen = observation.Checked(state.Seconds);
        GovernorState next = state;
        if (double.IsNaN(state.Seconds))
        {
            next.StartedAt = next.SwitchedAt = next.WattsSeenAt = next.BatterySeenAt = next.CelsiusSeenAt = next.SupplyCeilingAt = seen.Seconds;
            next.MarginNow = next.MarginUsual = seen.Margin >= 0 ? seen.Margin : 0;
        }

        double elapsed = double.IsNaN(state.Seconds) ? 0 : Math.Max(seen.Seconds - state.Seconds, 0);
        next.Seconds = seen.Seconds;
        GovernorEstimates.Update(plan, goals, ref next, seen, elapsed);
        GovernorLimits limits = new(plan, goals, stackalloc double[GovernorPlan.MaximumChoices]);
        limits.Compute(next, seen.Seconds);
        next.Limit = limits.Limit;
        int choice = Choose(plan, ref next, limits, elapsed);
        GovernorTroubles troubles = Troubles(goals, ref next, limits, seen);
        next.Pause = (troubles & GovernorTroubles.Unreachable) != 0 && choice == 0 ? limits.Pause : 0;
        Decision decision = new(choice, state.Choice, limits.Limit, limits.Position, limits.Measured, limits.Target, next.Pause, troubles, troubles ^ state.Troubles);
        next.Troubles = troubles;
        if (choice != state.Choice)
        {
            next.Choice = choice;
            next.SwitchedAt = seen.Seconds;
            next.FramesSinceSwitch = 0;
            next.LearnsFactor = next.SlowDown.IsSettled;
        }

        return (next, decision);
    }

    private static int Choose(GovernorPlan plan, ref GovernorState state, in GovernorLimits limits, double elapsed)
    {
        int now = state.Choice;
        double stayed = state.Seconds - state.SwitchedAt;
        if (now > limits.Ceiling)
        {
            NoteForced(ref state, limits.Limit);
            return ToBlock(ref state, (int)limits.Position);
        }

        int low = (int)Math.Min(limits.Position, plan.Best);
        int high = Math.Min(low + 1, limits.Ceiling);
        if (now > high)
        {
            return stayed >= 0.5 ? ToBlock(ref state, limits.Position - low >= 0.5 ? high : low) : now;
        }

        if (now < low)
        {
            return stayed >= ShortestStay ? ToBlock(ref state, low) : now;
        }

        state.MixAccount = Math.Clamp(state.MixAccount + ((limits.Position - now) * elapsed), -LargestMix, LargestMix);

        // Where answers are closer than usual, the better point runs first, and where they are clear, the cheaper one: the mean stays.
        double hardness = state.MarginUsual > 0 ? Math.Clamp((state.MarginUsual - state.MarginNow) / state.MarginUsual, -1, 1) : 0;
        double up = BlockSeconds * (1 - (0.6 * Math.Max(hardness, 0)));
        double down = -BlockSeconds * (1 - (0.6 * Math.Max(-hardness, 0)));
        return stayed < ShortestStay ? now
            : now == low && high > low && state.MixAccount > up ? high
            : now == high && now > low && state.MixAccount < down ? low
            : now;
    }

    private static int ToBlock(ref GovernorState state, int choice)
    {
        state.MixAccount = 0;
        return choice;
    }

    // A deadline that forces the choice down soon after it rose is at the edge: rising waits longer each time.
    private static void NoteForced(ref GovernorState state, Goal limit)
    {
        if (limit != Goal.Deadline)
        {
            return;
        }

        bool soon = state.Seconds - state.DeadlineForcedAt < 4 * state.DeadlinePatience;
        state.DeadlinePatience = soon ? Math.Min(2 * state.DeadlinePatience, 60) : Math.Max(state.DeadlinePatience / 2, 1);
        state.DeadlineForcedAt = state.Seconds;
    }

    private static GovernorTroubles Troubles(Goals goals, ref GovernorState state, in GovernorLimits limits, in Observation seen)
    {
        double now = seen.Seconds;
        GovernorTroubles troubles = GovernorTroubles.None;
        if ((goals.MaxWatts ?? goals.MaxJoulesPerFrame ?? goals.BatteryHours) is not null && now - state.WattsSeenAt > SilenceSeconds)
        {
            troubles |= GovernorTroubles.NoPower;
        }

        if (goals.BatteryHours is not null && now - state.BatterySeenAt > BatterySilenceSeconds)
        {
            troubles |= GovernorTroubles.NoBattery;
        }

        if (goals.MaxCelsius is not null && now - state.CelsiusSeenAt > SilenceSeconds)
        {
            troubles |= GovernorTroubles.NoTemperature;
        }

        if ((seen.Throttled & ThrottleFlags.UnderVoltage) != 0)
        {
            troubles |= GovernorTroubles.UnderVoltage;
        }

        // What lasts counts, in both directions.
        bool wasUnreachable = (state.Troubles & GovernorTroubles.Unreachable) != 0;
        if (limits.IsUnreachable == wasUnreachable)
        {
            state.UnreachableSince = double.NaN;
        }
        else if (double.IsNaN(state.UnreachableSince))
        {
            state.UnreachableSince = now;
        }

        bool changes = now - state.UnreachableSince >= UnreachableSeconds;
        if (wasUnreachable ^ changes)
        {
            troubles |= GovernorTroubles.Unreachable;
        }

        if (changes)
        {
            state.UnreachableSince = double.NaN;
        }

        return troubles;
    }
}
