namespace EdgeRuntime.Energy.Sensors;

/// <summary>Plays a recorded trace back as time goes by, over and over.</summary>
/// <param name="trace">The recording.</param>
/// <param name="name">Its name in the source tag.</param>
/// <param name="time">Clock.</param>
public sealed class ReplaySensor(PowerTrace trace, string name, TimeProvider time) : IPowerSensor
{
    private readonly long _start = time.GetTimestamp();
    private double _last;

    /// <inheritdoc/>
    public string Source { get; } = $"replay:{name}";

    /// <inheritdoc/>
    public TimeSpan Interval => TimeSpan.FromMilliseconds(10);

    /// <inheritdoc/>
    public bool IsImmediate => true;

    /// <inheritdoc/>
    public PowerReading Read()
    {
        double now = trace.JoulesAt(time.GetElapsedTime(_start).TotalSeconds);
        double joules = now - _last;
        _last = now;
        return PowerReading.Energy(joules);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
