using System.Globalization;
using EdgeRuntime.Energy;
using EdgeRuntime.Energy.Sensors;

namespace EdgeRuntime.Governing;

/// <summary>Temperature and throttle flags of the board.</summary>
public sealed class BoardHealth : IDisposable
{
    private readonly SystemFile? _temperature;
    private readonly string? _throttled;
    private readonly string? _alarm;

    /// <param name="root">Where <c>sys</c> lies; <c>/</c> on a running system.</param>
    public BoardHealth(string root)
    {
        string? zone = Zone(root);
        _temperature = zone is null ? null : new SystemFile(zone);
        string flags = Path.Combine(root, "sys/devices/platform/soc/soc:firmware/get_throttled");
        _throttled = File.Exists(flags) ? flags : null;
        _alarm = _throttled is null ? UnderVoltageAlarm(root) : null;
    }

    /// <summary>Whether a temperature can be read.</summary>
    public bool HasTemperature => _temperature is not null;

    /// <summary>Whether throttle flags can be read, or under-voltage alone.</summary>
    public bool HasThrottleFlags => (_throttled ?? _alarm) is not null;

    /// <summary>Temperature of the processor; NaN where it cannot be read.</summary>
    public double ReadCelsius()
    {
        try
        {
            return _temperature?.Read() / 1000.0 ?? double.NaN;
        }
        catch (SensorException)
        {
            // The governor says so once, and keeps away from the limit.
            return double.NaN;
        }
    }

    /// <summary>What holds the board back now; nothing where the system does not tell.</summary>
    public ThrottleFlags ReadThrottleFlags()
    {
        const ThrottleFlags Present = ThrottleFlags.UnderVoltage | ThrottleFlags.FrequencyCapped | ThrottleFlags.Throttled | ThrottleFlags.SoftTemperatureLimit;
        if (_throttled is null)
        {
            return ReadUnderVoltageAlarm() == true ? ThrottleFlags.UnderVoltage : ThrottleFlags.None;
        }

        string? text = SystemFile.Text(_throttled);
        return int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int flags) ? (ThrottleFlags)flags & Present : ThrottleFlags.None;
    }

    /// <summary>Whether the supply is too weak now, on kernels that tell nothing else; null where nothing can be read of it.</summary>
    public bool? ReadUnderVoltageAlarm() => (_alarm is null ? null : SystemFile.Text(_alarm)) switch
    {
        "1" => true,
        "0" => false,
        _ => null,
    };

    /// <inheritdoc/>
    public void Dispose() => _temperature?.Dispose();

    // Kernels without the Raspberry Pi's own additions tell of under-voltage alone (hwmon driver raspberrypi-hwmon).
    private static string? UnderVoltageAlarm(string root)
    {
        string? sensor = Array.Find(SystemFile.Folders(Path.Combine(root, "sys/class/hwmon"), "hwmon*"), h => SystemFile.Text(Path.Combine(h, "name")) == "rpi_volt");
        return sensor is not null && Path.Combine(sensor, "in0_lcrit_alarm") is var alarm && File.Exists(alarm) ? alarm : null;
    }

    // The processor's zone where one is named so, else the first.
    private static string? Zone(string root)
    {
        string[] zones = SystemFile.Folders(Path.Combine(root, "sys/class/thermal"), "thermal_zone*");
        string? zone = Array.Find(zones, z => SystemFile.Text(Path.Combine(z, "type")) is "cpu-thermal" or "x86_pkg_temp" or "soc-thermal" or "cpu_thermal");
        zone ??= zones.Length > 0 ? zones[0] : null;
        return zone is null ? null : Path.Combine(zone, "temp");
    }
}
