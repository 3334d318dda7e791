using System.Globalization;

namespace EdgeRuntime.Energy.Sensors;

/// <summary>What a user names a sensor by: <c>KIND</c>, <c>KIND@BUS-ADDRESS</c> or <c>KIND:NAME</c>, and settings: <c>ina219@1-0040,shunt=0.1,max=3.2</c>.</summary>
/// <param name="Kind">Kind of sensor.</param>
/// <param name="Address">Bus and hexadecimal address, or null.</param>
/// <param name="Name">What follows the colon (a device, a file, a board), or null.</param>
/// <param name="Settings">Numbers by name.</param>
public sealed record SensorSpec(string Kind, (int Bus, int Address)? Address, string? Name, IReadOnlyDictionary<string, double> Settings)
{
    private const int LargestBus = 255;

    /// <summary>Kinds, each with the settings that it takes.</summary>
    internal static readonly (string Kind, string[] Settings)[] Kinds =
    [
        ("auto", []), ("ina219", ["shunt", "max"]), ("ina226", ["shunt", "max"]), ("ina260", []), ("hwmon", []), ("pmic", []),
        ("battery", ["wh"]), ("rapl", []), ("replay", []), ("model", ["idle", "active", "cores"]),
    ];

    /// <summary>Reads a specification.</summary>
    /// <exception cref="EdgeRuntimeException">It is none (exit code 2).</exception>
    public static SensorSpec Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);

        // A file's name may hold anything: what follows 'replay:' is taken whole.
        string[] parts = text.StartsWith("replay:", StringComparison.Ordinal) ? [text] : text.Split(',');
        string head = parts[0];
        int colon = head.IndexOf(':', StringComparison.Ordinal);
        int at = colon < 0 ? head.IndexOf('@', StringComparison.Ordinal) : -1;
        string kind = colon >= 0 ? head[..colon] : at >= 0 ? head[..at] : head;
        int known = Array.FindIndex(Kinds, k => k.Kind == kind);
        if (known < 0)
        {
            throw Bad(text, $"there is no kind of sensor '{kind}'", $"use one of: {string.Join(", ", Array.ConvertAll(Kinds, k => k.Kind))}");
        }

        Dictionary<string, double> settings = new(StringComparer.Ordinal);
        foreach (string part in parts.AsSpan(1))
        {
            string[] pair = part.Split('=');
            if (pair.Length != 2 || Array.IndexOf(Kinds[known].Settings, pair[0]) < 0
                || !double.TryParse(pair[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) || !double.IsFinite(value) || value < 0 || !settings.TryAdd(pair[0], value))
            {
                throw Bad(text, $"'{part}' is no setting of {kind}", Kinds[known].Settings.Length == 0 ? "it takes none" : $"it takes {string.Join(", ", Array.ConvertAll(Kinds[known].Settings, s => s + "=NUMBER"))}");
            }
        }

        string? name = colon >= 0 ? head[(colon + 1)..] : null;
        if (name is "" || (kind == "replay" && name is null))
        {
            throw Bad(text, "a name is missing behind the colon", kind == "replay" ? "write 'replay:FILE'" : $"write '{kind}:NAME' or just '{kind}'");
        }

        return new SensorSpec(kind, at < 0 ? null : ParseAddress(text, head[(at + 1)..]), name, settings);
    }

    /// <summary>A setting, or a default.</summary>
    public double Setting(string name, double fallback) => Settings.TryGetValue(name, out double value) ? value : fallback;

    private static (int Bus, int Address) ParseAddress(string text, string address)
    {
        string[] parts = address.Split('-');
        return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int bus) && bus <= LargestBus
            && int.TryParse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int chip) && chip is >= 0x03 and <= 0x77
            ? (bus, chip)
            : throw Bad(text, $"'{address}' is no address", "write bus and hexadecimal address, for example 'ina219@1-0040'");
    }

    private static EdgeRuntimeException Bad(string text, string what, string how) => new($"The sensor '{text}': {what}; {how}.", 2);
}
