using System.Globalization;

namespace GovernorSim;

/// <summary>A run of the governor beside that of the oracle.</summary>
internal sealed class Result
{
    private const double Tolerance = 0.02;

    private Result(World world)
    {
        Trace = world.Trace;
        GovernorChooser governor = new(world);
        Frames = Simulation.Run(world, governor);
        Oracle = GovernorSim.Oracle.Run(world);
        Lines = governor.Lines;
        Estimates = governor.Estimates;
        Goal = Measure.GoalRatio(Trace, Frames);
        OracleGoal = Measure.GoalRatio(Trace, Oracle);
        Quality = Measure.Quality(Trace, Frames);
        OracleQuality = Measure.Quality(Trace, Oracle);
        Switches = Measure.SteadySwitches(Trace, Frames);
    }

    public Trace Trace { get; }

    public List<Frame> Frames { get; }

    public List<Frame> Oracle { get; }

    public List<(double Seconds, bool IsSwitch, string Text)> Lines { get; }

    public List<(double Seconds, double Value)> Estimates { get; }

    /// <summary>Measured over wanted; above 1 the goal is not met.</summary>
    public double Goal { get; }

    /// <summary>The same of the oracle: above 1 nobody could meet it.</summary>
    public double OracleGoal { get; }

    public double Quality { get; }

    public double OracleQuality { get; }

    /// <summary>Switches a second in the steady state.</summary>
    public double Switches { get; }

    /// <summary>Whether the goal is met within 2 % of what can be met.</summary>
    public bool IsGoalMet => Goal <= Math.Max(OracleGoal, 1) * (1 + Tolerance);

    /// <summary>Whether the answers are within 2 % of the oracle's.</summary>
    public bool IsQualityNear => Quality >= OracleQuality * (1 - Tolerance);

    /// <summary>Whether it is calm in the steady state.</summary>
    public bool IsCalm => Switches <= 1;

    public bool IsGood => IsGoalMet && IsQualityNear && IsCalm;

    /// <summary>The figures in one line.</summary>
    public string Line => string.Create(CultureInfo.InvariantCulture,
        $"goal {Goal * 100:f1} % (oracle {OracleGoal * 100:f1} %) · right {Quality * 100:f2} % (oracle {OracleQuality * 100:f2} %) · {Switches:f2} switches/s");

    public static Result Of(Trace trace) => new(new World(trace));
}
