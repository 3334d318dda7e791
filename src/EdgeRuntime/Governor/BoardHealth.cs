using System.Globalization;
using EdgeRuntime.Energy;
using EdgeRuntime.Energy.Sensors;

namespace EdgeRuntime.Governing;

/// <summary>Temperature and throttle flags of the board.</summary>
public sealed class BoardHealth : IDisposable
{
    private readonly SystemFile? _temperature;
    private readonly string? _throttled;

    /// <param name="root">Where <c>sys</c> lies; <c>/</c> on a running system.</param>
    public BoardHealth(string root)
    {
        string? zone = Zone(root);
        _temperature = zone is null ? null : new SystemFile(zone);
        string flags = Path.Combine(root, "sys/devices/platform/soc/soc:firmware/get_throttled");
        _throttled = File.Exists(flags) ? flags : null;
    }

    /// <summary>Whether a temperature can be read.</summary>
    public bool HasTemperature => _temperature is not null;

    /// <summary>Whether throttle flags can be read.</summary>
    public bool HasThrottleFlags => _throttled is not null;

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
        string? text = _throttled is null ? null : SystemFile.Text(_throttled);
        return int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int flags) ? (ThrottleFlags)flags & Present : ThrottleFlags.None;
    }

    /// <inheritdoc/>
    public void Dispose() => _temperature?.Dispose();

    // The processor's zone where one is named so, else the first.
    private static string? Zone(string root)
    {
        string[] zones = SystemFile.Folders(Path.Combine(root, "sys/class/thermal"), "thermal_zone*");
        string? zone = Array.Find(zones, z => SystemFile.Text(Path.Combine(z, "type")) is "cpu-thermal" or "x86_pkg_temp" or "soc-thermal" or "cpu_thermal");
        zone ??= zones.Length > 0 ? zones[0] : null;
        return zone is null ? null : Path.Combine(zone, "temp");
    }
}
