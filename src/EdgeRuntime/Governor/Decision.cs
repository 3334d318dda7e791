namespace EdgeRuntime.Governing;

/// <summary>What a governor has decided after a frame, with the figures behind it.</summary>
/// <param name="Choice">Choice (index in the plan) that runs next.</param>
/// <param name="Previous">The one before.</param>
/// <param name="Limit">What limits the choice.</param>
/// <param name="Position">Where between the choices the mean has to lie: 1.25 is three parts of choice 1 and one of choice 2.</param>
/// <param name="Measured">What was measured of the limiting goal, in its unit, or what it is expected to be at the choice before.</param>
/// <param name="Target">The goal's value.</param>
/// <param name="PauseSeconds">Least time between the starts of two frames, so that a goal that no choice can meet is met by waiting; 0: none.</param>
/// <param name="Troubles">What is wrong now.</param>
/// <param name="NewTroubles">What has changed about that: each is told once when it begins and once when it ends.</param>
public readonly record struct Decision(int Choice, int Previous, Goal Limit, double Position, double Measured, double Target, double PauseSeconds,
    GovernorTroubles Troubles, GovernorTroubles NewTroubles)
{
    /// <summary>Whether the choice changes.</summary>
    public bool IsSwitch => Choice != Previous;

    /// <summary>Why the choice changes, in one line.</summary>
    public string Explain(GovernorPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        string names = $"{plan.Choices[Previous].Name} -> {plan.Choices[Choice].Name}: ";
        int low = (int)Position;
        int share = (int)Math.Round((Position - low) * 100);
        string mix = share is > 0 and < 100 && low < plan.Best && (Choice == low || Choice == low + 1)
            ? $"; mixing {100 - share} % {plan.Choices[low].Name} with {share} % {plan.Choices[low + 1].Name}" : "";
        return names + Reason() + mix;
    }

    /// <summary>What is newly wrong or newly right, a line each; empty when nothing has changed.</summary>
    public IEnumerable<string> Notices()
    {
        foreach ((GovernorTroubles trouble, string begins, string ends) in Texts)
        {
            if ((NewTroubles & trouble) != 0)
            {
                yield return (Troubles & trouble) == 0 ? ends
                    : trouble == GovernorTroubles.Unreachable ? begins + ": " + Reason() + (PauseSeconds > 0 ? FormattableString.Invariant($"; frames are spaced {PauseSeconds:0.###} s apart instead") : "")
                    : begins;
            }
        }
    }

    private static readonly (GovernorTroubles, string, string)[] Texts =
    [
        (GovernorTroubles.NoPower, "power is no longer measured: going on with an estimate and a reserve", "power is measured again"),
        (GovernorTroubles.NoBattery, "the battery's gauge does not answer: going on with the power drawn since", "the battery's gauge answers again"),
        (GovernorTroubles.NoTemperature, "the temperature is not known: keeping a little below what held it so far", "the temperature is known again"),
        (GovernorTroubles.Unreachable, "the cheapest point does not meet the goal", "the goal can be met again"),
        (GovernorTroubles.UnderVoltage, "the supply's voltage is too low: drawing less", "the supply's voltage is well again"),
    ];

    private string Reason() => Limit switch
    {
        Goal.Watts => FormattableString.Invariant($"power {Measured:0.00} W, goal {Target:0.00} W"),
        Goal.JoulesPerFrame => FormattableString.Invariant($"energy {Measured * 1e3:0.0} mJ a frame, goal {Target * 1e3:0.0} mJ"),
        Goal.Battery => FormattableString.Invariant($"power {Measured:0.00} W, the battery lasts at {Target:0.00} W"),
        Goal.Deadline => FormattableString.Invariant($"expected time {Measured:0.0} ms, deadline {Target:0.0} ms"),
        Goal.Fps => FormattableString.Invariant($"work allows {Measured:0.0} frames/s, goal {Target:0.0}"),
        Goal.Celsius => FormattableString.Invariant($"temperature {Measured:0.0} °C, goal {Target:0.0} °C"),
        Goal.UnderVoltage => "the supply's voltage is too low",
        _ => "no goal is near",
    };
}
