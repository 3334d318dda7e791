namespace EdgeRuntime.Energy.Sensors;

/// <summary>A battery that the kernel knows (<c>/sys/class/power_supply</c>): its power as a sensor, and what is left in it.</summary>
public sealed class BatteryGauge : IPowerSensor
{
    private readonly string _folder;
    private readonly SystemFile? _power;
    private readonly SystemFile? _current;
    private readonly SystemFile? _voltage;
    private readonly SystemFile? _energy;
    private readonly SystemFile? _charge;
    private readonly SystemFile? _capacity;
    private readonly string _status;
    private readonly double? _fullJoules;

    private BatteryGauge(string folder, double? wattHours)
    {
        _folder = folder;
        Source = $"measured:battery:{Path.GetFileName(folder)}";
        _power = Optional("power_now");
        _current = Optional("current_now") ?? Optional("current_avg");
        _voltage = Optional("voltage_now");
        _energy = Optional("energy_now");
        _charge = Optional("charge_now") ?? Optional("charge_counter");
        _capacity = Optional("capacity");
        _status = Path.Combine(folder, "status");
        _fullJoules = wattHours * 3600;
    }

    /// <inheritdoc/>
    public string Source { get; }

    /// <inheritdoc/>
    public TimeSpan Interval => TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public bool IsImmediate => false;

    /// <summary>Opens a battery.</summary>
    /// <param name="root">Where <c>sys</c> lies; <c>/</c> on a running system.</param>
    /// <param name="name">Its folder's name; null takes the first.</param>
    /// <param name="wattHours">What it holds when full, for gauges that tell only a percentage; null if unknown.</param>
    /// <exception cref="SensorException">There is none.</exception>
    public static BatteryGauge Open(string root, string? name = null, double? wattHours = null)
    {
        List<string> found = Find(root);
        string? folder = found.Find(f => name is null || Path.GetFileName(f) == name);
        return folder is not null ? new BatteryGauge(folder, wattHours)
            : throw new SensorException($"battery{(name is null ? "" : ":" + name)}",
                found.Count == 0 ? "the kernel knows of no battery" : $"there is no such battery; there is {string.Join(", ", found.ConvertAll(f => Path.GetFileName(f)!))}",
                "Load the driver of its gauge, or use another sensor");
    }

    /// <summary>Batteries of the machine itself, not those of mice and keyboards.</summary>
    internal static List<string> Find(string root)
    {
        List<string> found = [];
        foreach (string folder in SystemFile.Folders(Path.Combine(root, "sys/class/power_supply"), "*"))
        {
            if (SystemFile.Text(Path.Combine(folder, "type")) == "Battery" && SystemFile.Text(Path.Combine(folder, "scope")) != "Device")
            {
                found.Add(folder);
            }
        }

        return found;
    }

    /// <summary>What the battery gives. While it is charged or full, the board does not run from it, and there is nothing to read.</summary>
    /// <exception cref="SensorException">It cannot be read, has no power to tell, or does not discharge.</exception>
    public PowerReading Read()
    {
        if (!IsDischarging())
        {
            throw new SensorException(Source, "the battery does not discharge, so that its power is not the board's", "Unplug the charger, or use another sensor");
        }

        // The sign of a current that discharges differs from driver to driver.
        return _power is not null ? PowerReading.Power(Math.Abs(_power.Read()) * 1e-6)
            : _current is not null && _voltage is not null ? PowerReading.Power(Math.Abs(_current.Read()) * 1e-6 * _voltage.Read() * 1e-6)
            : throw new SensorException(Source, "the gauge tells neither power nor current", "Use another sensor for power; the charge left can still be read");
    }

    /// <summary>What is left.</summary>
    /// <exception cref="SensorException">It cannot be read.</exception>
    public BatteryState ReadState()
    {
        double? share = _capacity?.Read() / 100.0;
        double? joules = _energy is not null ? _energy.Read() * 3600e-6
            : _charge is not null && _voltage is not null ? _charge.Read() * 3600e-6 * (_voltage.Read() * 1e-6)
            : _fullJoules * share;
        return new BatteryState(joules, share, IsDischarging());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SystemFile? file in (SystemFile?[])[_power, _current, _voltage, _energy, _charge, _capacity])
        {
            file?.Dispose();
        }
    }

    private bool IsDischarging() => SystemFile.Text(_status) switch
    {
        null => throw new SensorException(Source, $"{_status} cannot be read", "Has the gauge been unplugged?"),
        "Discharging" => true,
        _ => false,
    };

    private SystemFile? Optional(string name)
    {
        string path = Path.Combine(_folder, name);
        return File.Exists(path) ? new SystemFile(path) : null;
    }
}
