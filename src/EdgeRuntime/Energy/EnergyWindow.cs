namespace EdgeRuntime.Energy;

/// <summary>One measuring window.</summary>
/// <param name="Inferences">Inferences in it.</param>
/// <param name="Seconds">Its length.</param>
/// <param name="Joules">Energy in it; NaN where the sensor was silent.</param>
public readonly record struct EnergyWindow(int Inferences, double Seconds, double Joules)
{
    /// <summary>Mean power in watts.</summary>
    public double Watts => Joules / Seconds;

    /// <summary>Joules per inference, all that the board drew.</summary>
    public double GrossJoules => Joules / Inferences;

    /// <summary>Joules per inference less those of the idle board.</summary>
    public double NetJoules(double idleWatts) => (Joules - (idleWatts * Seconds)) / Inferences;
}
