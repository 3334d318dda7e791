namespace EdgeRuntime.Cli.Verbs;

/// <summary>An output whose meaning is not described.</summary>
/// <param name="Name">Output.</param>
/// <param name="Shape">Extents.</param>
/// <param name="Minimum">Smallest value.</param>
/// <param name="Maximum">Largest value.</param>
/// <param name="Mean">Mean value.</param>
internal sealed record OutputSummary(string Name, int[] Shape, double Minimum, double Maximum, double Mean)
{
    /// <summary>Summarises values.</summary>
    public static OutputSummary Of(string name, int[] shape, ReadOnlySpan<float> values)
    {
        double minimum = double.PositiveInfinity;
        double maximum = double.NegativeInfinity;
        double sum = 0;
        foreach (float value in values)
        {
            minimum = Math.Min(minimum, value);
            maximum = Math.Max(maximum, value);
            sum += value;
        }

        return new OutputSummary(name, shape, minimum, maximum, sum / values.Length);
    }
}
