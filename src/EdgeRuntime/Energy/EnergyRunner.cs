namespace EdgeRuntime.Energy;

/// <summary>Measures energy per inference by the protocol of MLPerf Tiny's EnergyRunner: windows begun by a falling edge, at least five, their median; warm-up is left out.</summary>
/// <param name="meter">Running meter.</param>
/// <param name="marker">Told of the windows; null if nobody watches.</param>
public sealed class EnergyRunner(EnergyMeter meter, IWindowMarker? marker = null)
{
    /// <summary>Fewest windows that make a median.</summary>
    public const int FewestWindows = 5;

    /// <summary>Fewest inferences in a window.</summary>
    public const int FewestInferences = 10;

    // The sensor's last reading inside a window comes a little after its end.
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(60);

    /// <summary>Mean power while nothing runs.</summary>
    /// <returns>Watts; NaN where the sensor was silent.</returns>
    public double MeasureIdle(TimeSpan length, CancellationToken cancellation)
    {
        double from = meter.Now;
        Wait(length, cancellation);
        double to = meter.Now;
        Wait(Settle, cancellation);
        return meter.Between(from, to) / (to - from);
    }

    /// <summary>Runs one window.</summary>
    /// <param name="infer">Runs the network once.</param>
    /// <param name="length">Least length.</param>
    /// <param name="cancellation">Ends it early.</param>
    public EnergyWindow MeasureWindow(Action infer, TimeSpan length, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(infer);
        marker?.Set(true);
        Wait(Settle, cancellation);
        int count = 0;
        double from = meter.Now;
        double to;
        marker?.Set(false);
        meter.BeginFrame();
        try
        {
            do
            {
                cancellation.ThrowIfCancellationRequested();
                infer();
                count++;
                to = meter.Now;
            }
            while (count < FewestInferences || to - from < length.TotalSeconds);
        }
        finally
        {
            meter.EndFrame();
            marker?.Set(true);
        }

        Wait(Settle, cancellation);
        return new EnergyWindow(count, to - from, meter.Between(from, to));
    }

    /// <summary>Median of figures; NaN when there is none.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Where(double.IsFinite).Order()];
        int middle = sorted.Length / 2;
        return sorted.Length == 0 ? double.NaN : sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static void Wait(TimeSpan length, CancellationToken cancellation)
    {
        if (cancellation.WaitHandle.WaitOne(length))
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
