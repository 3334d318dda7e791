namespace EdgeRuntime.Energy;

/// <summary>Energy of one frame. All figures are of the whole board, as far as the sensor sees it; NaN where it was silent.</summary>
/// <param name="Seconds">From the start of the frame's work to its end.</param>
/// <param name="GrossJoules">Energy in that time.</param>
/// <param name="NetJoules">The same less what the idle board would have drawn; NaN when that is not known.</param>
/// <param name="PeriodSeconds">From the start of the frame before to the start of this one; NaN at the first.</param>
/// <param name="PeriodJoules">Energy in that time: what a frame costs with the waiting that belongs to it.</param>
public readonly record struct FrameEnergy(double Seconds, double GrossJoules, double NetJoules, double PeriodSeconds, double PeriodJoules)
{
    /// <summary>Mean power over the period, in watts.</summary>
    public double PeriodWatts => PeriodJoules / PeriodSeconds;
}
