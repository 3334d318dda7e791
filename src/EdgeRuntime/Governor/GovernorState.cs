namespace EdgeRuntime.Governing;

/// <summary>All that a governor remembers. A value: the policy takes one and gives the next.</summary>
public struct GovernorState
{
    /// <summary>Choice that runs next.</summary>
    public int Choice;

    /// <summary>When it was chosen.</summary>
    public double SwitchedAt;

    /// <summary>Time of the last observation; NaN before the first.</summary>
    public double Seconds;

    /// <summary>When the first frame was seen.</summary>
    public double StartedAt;

    /// <summary>Slow-down of the machine.</summary>
    public SlowDownFilter SlowDown;

    /// <summary>What each choice costs beyond the plan's ratios, as seen here; 1 at first.</summary>
    public ChoiceFactors Factors;

    /// <summary>The first looks at the choice that runs: measured over expected time.</summary>
    public ChoiceFactors FactorLooks;

    /// <summary>Frames since the last switch.</summary>
    public int FramesSinceSwitch;

    /// <summary>Whether the machine was steady at the last switch, so that what the new choice takes tells of the choice.</summary>
    public bool LearnsFactor;

    /// <summary>Milliseconds of the frame before.</summary>
    public double LastMilliseconds;

    /// <summary>Smoothed period of frames, in seconds; 0 before the first.</summary>
    public double Period;

    /// <summary>Least time between frames that the last decision asked for, in seconds; 0: none.</summary>
    public double Pause;

    /// <summary>Smoothed power above idle while working, in watts; 0 before it is known.</summary>
    public double ExtraWatts;

    /// <summary>Smoothed power while working, in watts; 0 before it is known.</summary>
    public double WorkWatts;

    /// <summary>Unspent (negative: overspent) budget of <see cref="Goals.MaxWatts"/>, in seconds at the goal's rate.</summary>
    public double WattsAccount;

    /// <summary>The same of <see cref="Goals.MaxJoulesPerFrame"/>, in frames.</summary>
    public double JoulesAccount;

    /// <summary>The same of <see cref="Goals.MinFps"/>, in frames.</summary>
    public double FpsAccount;

    /// <summary>Time by which the choices that ran fell behind the position wanted.</summary>
    public double MixAccount;

    /// <summary>Energy believed to be left in the battery; NaN before it is known.</summary>
    public double BatteryJoules;

    /// <summary>Share of the costs' range that the temperature allows.</summary>
    public double HeatShare;

    /// <summary>Its slow average, for when the sensor fails.</summary>
    public double HeatShareMean;

    /// <summary>Smoothed temperature; NaN before the first.</summary>
    public double Celsius;

    /// <summary>Highest choice that the supply can feed.</summary>
    public int SupplyCeiling;

    /// <summary>When that ceiling was last moved.</summary>
    public double SupplyCeilingAt;

    /// <summary>Seconds without under-voltage until it is raised.</summary>
    public double SupplyPatience;

    /// <summary>Least seconds before the deadline lets the choice rise.</summary>
    public double DeadlinePatience;

    /// <summary>When the deadline last forced the choice down.</summary>
    public double DeadlineForcedAt;

    /// <summary>Last times at which power, battery and temperature were known.</summary>
    public double WattsSeenAt;

    /// <summary>See <see cref="WattsSeenAt"/>.</summary>
    public double BatterySeenAt;

    /// <summary>See <see cref="WattsSeenAt"/>.</summary>
    public double CelsiusSeenAt;

    /// <summary>Since when the cheapest choice has not been cheap enough; NaN while it is.</summary>
    public double UnreachableSince;

    /// <summary>What has been said to be wrong.</summary>
    public GovernorTroubles Troubles;

    /// <summary>What limits the choice.</summary>
    public Goal Limit;

    /// <summary>Fast and slow averages of the answers' margin.</summary>
    public double MarginNow;

    /// <summary>See <see cref="MarginNow"/>.</summary>
    public double MarginUsual;

    /// <summary>The watts goal that the accounts belong to.</summary>
    public double? AccountedWatts;

    /// <summary>A state before any frame: the best choice runs first.</summary>
    public static GovernorState Initial(GovernorPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        GovernorState state = new()
        {
            Choice = plan.Best,
            Seconds = double.NaN,
            BatteryJoules = double.NaN,
            HeatShare = 1,
            HeatShareMean = 1,
            Celsius = double.NaN,
            SupplyCeiling = plan.Best,
            SupplyPatience = 20,
            DeadlinePatience = 1,
            DeadlineForcedAt = double.NegativeInfinity,
            UnreachableSince = double.NaN,
        };
        for (int i = 0; i < GovernorPlan.MaximumChoices; i++)
        {
            state.Factors[i] = 1;
        }

        return state;
    }
}
