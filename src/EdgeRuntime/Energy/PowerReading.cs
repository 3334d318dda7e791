namespace EdgeRuntime.Energy;

/// <summary>What a sensor said: power at this moment, or energy since it was last asked.</summary>
/// <param name="Watts">Power now; NaN where the source counts energy.</param>
/// <param name="Joules">Energy since the reading before (0 at the first); NaN where the source gives power.</param>
/// <param name="IsFresh">False when the sensor has measured nothing new since the reading before: such a reading counts for nothing, and a sensor stuck at it shows as a gap.</param>
public readonly record struct PowerReading(double Watts, double Joules, bool IsFresh)
{
    /// <summary>Power at this moment.</summary>
    public static PowerReading Power(double watts) => new(watts, double.NaN, true);

    /// <summary>Energy since the reading before.</summary>
    public static PowerReading Energy(double joules) => new(double.NaN, joules, true);

    /// <summary>Nothing new.</summary>
    public static PowerReading Stale => new(double.NaN, double.NaN, false);

    /// <summary>Whether the source counts energy, so that time between readings loses none of it.</summary>
    public bool IsCounter => !double.IsNaN(Joules);
}
