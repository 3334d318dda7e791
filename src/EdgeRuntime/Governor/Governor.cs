namespace EdgeRuntime.Governing;

/// <summary>A policy with its state: gets an observation per frame and says which operating point runs next. For one thread.</summary>
/// <param name="plan">What there is to choose from.</param>
/// <param name="goals">What to keep to.</param>
public sealed class Governor(GovernorPlan plan, Goals goals)
{
    private GovernorState _state = GovernorState.Initial(plan);

    /// <summary>What there is to choose from.</summary>
    public GovernorPlan Plan => plan;

    /// <summary>What to keep to; may be changed between frames.</summary>
    public Goals Goals { get; set; } = goals.Checked(plan.IdleWatts);

    /// <summary>The choice that runs next, as an index of <see cref="Plan"/>.</summary>
    public int Choice => _state.Choice;

    /// <summary>The operating point that runs next, as an index of the bundle.</summary>
    public int Point => plan.Choices[_state.Choice].Index;

    /// <summary>The state, for reports.</summary>
    public ref readonly GovernorState State => ref _state;

    /// <summary>Milliseconds that a choice is expected to take now.</summary>
    public double ExpectedMilliseconds(int choice) => GovernorEstimates.Expected(plan, _state, choice);

    /// <summary>Takes a frame in and decides. Allocates nothing; <see cref="Decision.Explain"/> and <see cref="Decision.Notices"/> make texts when there is something to say.</summary>
    public Decision Observe(in Observation seen)
    {
        (_state, Decision decision) = GovernorPolicy.Step(plan, Goals, _state, seen);
        return decision;
    }
}
