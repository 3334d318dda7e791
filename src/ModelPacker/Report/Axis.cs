namespace ModelPacker.Report;

/// <summary>A linear axis of a plot.</summary>
/// <param name="Low">Value at <paramref name="From"/>.</param>
/// <param name="High">Value at <paramref name="To"/>.</param>
/// <param name="From">Pixel.</param>
/// <param name="To">Pixel.</param>
public sealed record Axis(double Low, double High, double From, double To)
{
    /// <summary>The axis from low to high, widened to whole steps of 1, 2 or 5 times a power of ten.</summary>
    public static Axis Around(double low, double high, double from, double to, int steps)
    {
        double step = StepOf(low, high, steps);
        return new Axis(Math.Floor((low / step) + 1e-9) * step, Math.Ceiling((high / step) - 1e-9) * step, from, to);
    }

    /// <summary>Pixel of a value.</summary>
    public double At(double value) => From + ((value - Low) / (High - Low) * (To - From));

    /// <summary>Round values on the axis, about as many as asked for.</summary>
    public IEnumerable<double> Ticks(int steps)
    {
        double step = StepOf(Low, High, steps);
        for (double k = Math.Ceiling((Low / step) - 1e-9); k * step <= High + (1e-9 * step); k++)
        {
            yield return k * step;
        }
    }

    private static double StepOf(double low, double high, int steps)
    {
        double raw = Math.Max(high - low, 1e-9) / steps;
        double power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        double factor = raw / power;
        return power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
    }
}
