namespace EdgeRuntime.Energy;

/// <summary>What a meter has seen since it started.</summary>
/// <param name="Seconds">Now, on the meter's clock.</param>
/// <param name="Watts">Latest power; NaN while the sensor does not answer.</param>
/// <param name="Joules">Energy in the covered time.</param>
/// <param name="CoveredSeconds">Time covered by readings.</param>
/// <param name="GapSeconds">Time not covered.</param>
/// <param name="Readings">Fresh readings.</param>
/// <param name="Failures">Readings that failed.</param>
/// <param name="IsAlive">Whether the sensor answered last.</param>
public readonly record struct MeterTotals(double Seconds, double Watts, double Joules, double CoveredSeconds, double GapSeconds, long Readings, long Failures, bool IsAlive);
