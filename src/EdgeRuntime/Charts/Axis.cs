namespace EdgeRuntime.Charts;

/// <summary>A linear axis of a plot.</summary>
/// <param name="Low">Value at <paramref name="From"/>.</param>
/// <param name="High">Value at <paramref name="To"/>.</param>
/// <param name="From">Pixel.</param>
/// <param name="To">Pixel.</param>
public sealed record Axis(double Low, double High, double From, double To)
{
    /// <summary>Pixel of a value.</summary>
    public double At(double value) => From + ((value - Low) / (High - Low) * (To - From));

    /// <summary>Round values on the axis, about as many as asked for.</summary>
    public IEnumerable<double> Ticks(int steps)
    {
        double raw = (High - Low) / steps;
        double power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double step = power * (raw / power) switch
        {
            < 1.5 => 1,
            < 3.5 => 2,
            < 7.5 => 5,
            _ => 10,
        };
        for (double k = Math.Ceiling((Low / step) - 1e-9); k * step <= High + (1e-9 * step); k++)
        {
            yield return k * step;
        }
    }
}
