namespace GovernorSim;

/// <summary>What the world does while the governor works: everything that it cannot choose. Times in seconds.</summary>
/// <remarks>All functions of time are steps or straight lines between knots, so that a trace can be written to a file and read back.</remarks>
internal sealed record Trace
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>What is special about it.</summary>
    public required string Story { get; init; }

    /// <summary>Length.</summary>
    public double Seconds { get; init; } = 240;

    /// <summary>Seed of the noise.</summary>
    public int Seed { get; init; }

    /// <summary>The points, the cheapest first.</summary>
    public EdgeRuntime.Governing.OperatingChoice[] Choices { get; init; } = Points.Choices;

    /// <summary>True cost of each point over what the bundle predicts, the cheapest first; empty: as predicted.</summary>
    public double[] TrueFactors { get; init; } = [];

    /// <summary>Slow-down of the machine over time.</summary>
    public Curve SlowDown { get; init; } = Curve.Constant(1);

    /// <summary>Relative deviation of single frames.</summary>
    public double Noise { get; init; } = 0.02;

    /// <summary>Share of frames that take three times as long.</summary>
    public double Outliers { get; init; }

    /// <summary>Time between frames; 0: the next begins when the last ends.</summary>
    public Curve Period { get; init; } = Curve.Constant(0.1);

    /// <summary>Power of the idle board.</summary>
    public double IdleWatts { get; init; } = 2.7;

    /// <summary>Power above idle while it works.</summary>
    public Curve ExtraWatts { get; init; } = Curve.Constant(3.7);

    /// <summary>Temperature around the board.</summary>
    public Curve Ambient { get; init; } = Curve.Constant(25);

    /// <summary>Energy in the battery at the start, in joules; 0: no battery.</summary>
    public double BatteryJoules { get; init; }

    /// <summary>Steps of the battery's gauge, in joules.</summary>
    public double GaugeStep { get; init; }

    /// <summary>Mean power of a second above which the supply's voltage breaks down; infinite: never.</summary>
    public Curve SupplyWatts { get; init; } = Curve.Constant(double.PositiveInfinity);

    /// <summary>Stretches in which power is not measured.</summary>
    public (double From, double To)[] NoPower { get; init; } = [];

    /// <summary>Stretches in which the gauge does not answer.</summary>
    public (double From, double To)[] NoGauge { get; init; } = [];

    /// <summary>Stretches in which the temperature is not known.</summary>
    public (double From, double To)[] NoTemperature { get; init; } = [];

    /// <summary>Goals, each from a time on.</summary>
    public required (double From, EdgeRuntime.Governing.Goals Goals)[] Goals { get; init; }

    /// <summary>Seconds between the sensor's readings of power: what a period's mean is made of.</summary>
    public double PowerNoise { get; init; } = 0.01;

    /// <summary>Whether no choice can meet the goal on purpose.</summary>
    public bool IsUnreachable { get; init; }

    /// <summary>Times after which a while does not count as steady.</summary>
    public double[] Events { get; init; } = [];

    /// <summary>The goals at a time.</summary>
    public EdgeRuntime.Governing.Goals GoalsAt(double seconds) => Goals.Last(g => g.From <= seconds).Goals;
}
