namespace EdgeRuntime.Energy.Sensors;

/// <summary>Power by a model, for boards where nothing measures: one figure while the program works and one while it waits.</summary>
/// <param name="power">The figures.</param>
/// <param name="threads">Threads that work.</param>
/// <param name="time">Clock.</param>
public sealed class ModelSensor(BoardPower power, int threads, TimeProvider time) : IPowerSensor, IWorkloadModel
{
    private readonly double _active = power.ActiveWatts(threads);
    private long _last = time.GetTimestamp();
    private double _joules;
    private bool _busy;

    /// <summary>The figures.</summary>
    public BoardPower Power => power;

    /// <summary>What the board draws while it works, in watts.</summary>
    public double ActiveWatts => _active;

    /// <inheritdoc/>
    public string Source { get; } = $"modelled:{power.Name}";

    /// <inheritdoc/>
    public TimeSpan Interval => TimeSpan.FromMilliseconds(20);

    /// <inheritdoc/>
    public bool IsImmediate => true;

    /// <inheritdoc/>
    public void SetBusy(bool busy)
    {
        Advance();
        _busy = busy;
    }

    /// <inheritdoc/>
    public PowerReading Read()
    {
        Advance();
        double joules = _joules;
        _joules = 0;
        return PowerReading.Energy(joules);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Advance()
    {
        long now = time.GetTimestamp();
        _joules += time.GetElapsedTime(_last, now).TotalSeconds * (_busy ? _active : power.IdleWatts);
        _last = now;
    }
}
