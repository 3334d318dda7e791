namespace EdgeRuntime.Energy.Sensors;

/// <summary>The energy counters of a PC's processor (<c>/sys/class/powercap</c>): packages and memory, or the whole platform where the processor counts it.</summary>
/// <remarks>They cover the processor, not the power supply, drives or screen.</remarks>
public sealed class RaplSensor : IPowerSensor
{
    private readonly SystemFile[] _counters;
    private readonly long[] _ranges;
    private readonly long[] _last;
    private bool _started;

    private RaplSensor(List<string> zones)
    {
        _counters = [.. zones.ConvertAll(z => new SystemFile(Path.Combine(z, "energy_uj")))];
        _ranges = new long[_counters.Length];
        _last = new long[_counters.Length];
        for (int i = 0; i < _counters.Length; i++)
        {
            using SystemFile range = new(Path.Combine(zones[i], "max_energy_range_uj"));
            _ranges[i] = range.Read();
        }
    }

    /// <inheritdoc/>
    public string Source => "measured:rapl";

    /// <inheritdoc/>
    public TimeSpan Interval => TimeSpan.FromMilliseconds(20);

    /// <inheritdoc/>
    public bool IsImmediate => false;

    /// <summary>Opens the counters.</summary>
    /// <param name="root">Where <c>sys</c> lies; <c>/</c> on a running system.</param>
    /// <exception cref="SensorException">There are none, or they may not be read.</exception>
    public static RaplSensor Open(string root)
    {
        List<string> zones = Zones(root);
        if (zones.Count == 0)
        {
            throw new SensorException("rapl", "this machine has no energy counters (or the kernel hides them, as in virtual machines)", "Use another sensor; 'edgert power --list' shows those that are there");
        }

        RaplSensor sensor = new(zones);
        try
        {
            sensor.Read();
        }
        catch
        {
            sensor.Dispose();
            throw;
        }

        return sensor;
    }

    /// <inheritdoc/>
    public PowerReading Read()
    {
        // All counters first: one that fails must not swallow what the others counted.
        Span<long> now = stackalloc long[_counters.Length];
        for (int i = 0; i < now.Length; i++)
        {
            now[i] = _counters[i].Read();
        }

        double joules = 0;
        for (int i = 0; i < now.Length; i++)
        {
            long difference = now[i] - _last[i];

            // The counter starts again from zero behind its range.
            joules += (difference < 0 ? difference + _ranges[i] : difference) * 1e-6;
            _last[i] = now[i];
        }

        bool first = !_started;
        _started = true;
        return PowerReading.Energy(first ? 0 : joules);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SystemFile counter in _counters)
        {
            counter.Dispose();
        }
    }

    internal static List<string> Zones(string root)
    {
        List<string> zones = [];
        foreach (string folder in SystemFile.Folders(Path.Combine(root, "sys/class/powercap"), "intel-rapl:*"))
        {
            string name = SystemFile.Text(Path.Combine(folder, "name")) ?? "";
            if (name == "psys")
            {
                return [folder];
            }

            // Cores and graphics are parts of the package; memory is not.
            if (name.StartsWith("package", StringComparison.Ordinal) || name == "dram")
            {
                zones.Add(folder);
            }
        }

        return zones;
    }
}
