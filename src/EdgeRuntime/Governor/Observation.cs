namespace EdgeRuntime.Governing;

/// <summary>What is known after a frame. NaN stands for what was not measured.</summary>
public readonly record struct Observation
{
    // A clock that leaps by months is broken.
    private const double LongestStep = 1e7;

    /// <summary>Everything unknown.</summary>
    public Observation()
    {
    }

    /// <summary>When the frame's work ended, in seconds on a clock that never steps.</summary>
    public double Seconds { get; init; } = double.NaN;

    /// <summary>The choice (index in the plan) that ran; in a cascade the last and best one.</summary>
    public int Choice { get; init; }

    /// <summary>Time of all the frame's work, in milliseconds.</summary>
    public double Milliseconds { get; init; } = double.NaN;

    /// <summary>Sum of the plan's milliseconds of all choices that ran, where that is more than one (cascade); else NaN.</summary>
    public double PlannedMilliseconds { get; init; } = double.NaN;

    /// <summary>From the start of the frame before to the start of this one, in seconds.</summary>
    public double PeriodSeconds { get; init; } = double.NaN;

    /// <summary>Mean power over that period, in watts.</summary>
    public double Watts { get; init; } = double.NaN;

    /// <summary>Gross energy of the frame's work, in joules.</summary>
    public double Joules { get; init; } = double.NaN;

    /// <summary>Energy left in the battery, in joules.</summary>
    public double BatteryJoules { get; init; } = double.NaN;

    /// <summary>Temperature of the processor.</summary>
    public double Celsius { get; init; } = double.NaN;

    /// <summary>What holds the board back.</summary>
    public ThrottleFlags Throttled { get; init; }

    /// <summary>Probability of the first answer less that of the second.</summary>
    public double Margin { get; init; } = double.NaN;

    /// <summary>The same without what cannot be: such figures count as not measured.</summary>
    /// <param name="seconds">Time of the observation before, for one that has none or one that lies before it.</param>
    internal Observation Checked(double seconds) => this with
    {
        Seconds = CheckedTime(seconds),
        Milliseconds = Within(Milliseconds, 1e-6, 1e9),
        PlannedMilliseconds = Within(PlannedMilliseconds, 1e-9, 1e12),
        PeriodSeconds = Within(PeriodSeconds, 1e-6, 1e7),
        Watts = Within(Watts, 0, 1e4),
        Joules = Within(Joules, 0, 1e8),
        BatteryJoules = Within(BatteryJoules, 0, 1e9),
        Celsius = Within(Celsius, -60, 150),
        Margin = Within(Margin, 0, 1),
    };

    private double CheckedTime(double before)
    {
        bool first = double.IsNaN(before);
        double time = Within(Seconds, first ? -LongestStep : before, (first ? 0 : before) + LongestStep);
        return !double.IsNaN(time) ? time : first ? 0 : before;
    }

    private static double Within(double value, double low, double high) => value >= low && value <= high ? value : double.NaN;
}
