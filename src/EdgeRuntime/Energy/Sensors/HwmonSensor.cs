namespace EdgeRuntime.Energy.Sensors;

/// <summary>A power sensor that a kernel driver reads (<c>/sys/class/hwmon</c>).</summary>
public sealed class HwmonSensor : IPowerSensor
{
    private readonly SystemFile? _microwatts;
    private readonly SystemFile? _millivolts;
    private readonly SystemFile? _milliamperes;

    private HwmonSensor(string folder, string name)
    {
        Source = $"measured:hwmon:{name}";
        string? power = FirstFile(folder, "power1_input", "power1_average");
        _microwatts = power is null ? null : new SystemFile(power);
        if (power is null)
        {
            // Drivers of current sensors number the shunt 0 and the bus 1.
            _millivolts = new SystemFile(FirstFile(folder, "in1_input", "in0_input")!);
            _milliamperes = new SystemFile(FirstFile(folder, "curr1_input")!);
        }
    }

    /// <inheritdoc/>
    public string Source { get; }

    /// <inheritdoc/>
    public TimeSpan Interval => TimeSpan.FromMilliseconds(20);

    /// <inheritdoc/>
    public bool IsImmediate => false;

    /// <summary>Opens a sensor.</summary>
    /// <param name="root">Where <c>sys</c> lies; <c>/</c> on a running system.</param>
    /// <param name="name">Name of the driver (<c>ina219</c>) or of the folder (<c>hwmon2</c>); null takes the first that measures power, current sensors before others.</param>
    /// <exception cref="SensorException">There is none.</exception>
    public static HwmonSensor Open(string root, string? name = null)
    {
        List<(string Folder, string Name)> found = Find(root);
        foreach ((string folder, string driver) in found)
        {
            if (name is null || driver == name || Path.GetFileName(folder) == name)
            {
                return new HwmonSensor(folder, driver);
            }
        }

        throw new SensorException($"hwmon{(name is null ? "" : ":" + name)}", found.Count == 0 ? "no driver of this kernel measures power" : $"there is no such sensor; there is {string.Join(", ", found.ConvertAll(f => f.Name))}",
            "Load the driver of the chip, for example with 'dtoverlay=i2c-sensor,ina219' in config.txt, or read the chip itself: '--sensor ina219'");
    }

    /// <summary>Sensors that measure power, current sensors first.</summary>
    internal static List<(string Folder, string Name)> Find(string root)
    {
        List<(string, string)> chips = [];
        List<(string, string)> others = [];
        foreach (string folder in SystemFile.Folders(Path.Combine(root, "sys/class/hwmon"), "hwmon*"))
        {
            string name = SystemFile.Text(Path.Combine(folder, "name")) ?? Path.GetFileName(folder);
            bool measures = FirstFile(folder, "power1_input", "power1_average") is not null
                || (FirstFile(folder, "curr1_input") is not null && FirstFile(folder, "in1_input", "in0_input") is not null);
            if (measures)
            {
                (name.StartsWith("ina", StringComparison.Ordinal) ? chips : others).Add((folder, name));
            }
        }

        return [.. chips, .. others];
    }

    /// <inheritdoc/>
    public PowerReading Read()
        => PowerReading.Power(_microwatts is not null ? _microwatts.Read() * 1e-6 : _millivolts!.Read() * 1e-3 * (_milliamperes!.Read() * 1e-3));

    /// <inheritdoc/>
    public void Dispose()
    {
        _microwatts?.Dispose();
        _millivolts?.Dispose();
        _milliamperes?.Dispose();
    }

    private static string? FirstFile(string folder, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            string path = Path.Combine(folder, name);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }
}
