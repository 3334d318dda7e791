using System.Text.Json;
using EdgeRuntime.Energy.Sensors;

namespace EdgeRuntime.Device.Diagnosis;

/// <summary>What the profile of a board says of its devices (<c>boards/NAME.json</c>).</summary>
/// <param name="Name">Name of the profile.</param>
/// <param name="Title">Name for people.</param>
/// <param name="CpuPart">'CPU part' in /proc/cpuinfo; null on other processors.</param>
/// <param name="GpioLabel">Label of the chip with the header's pins; null where the board has none.</param>
/// <param name="I2cBus">Bus on the header; null where the board has none.</param>
public sealed record BoardFacts(string Name, string Title, string? CpuPart, string? GpioLabel, int? I2cBus)
{
    /// <summary>Name of the profile for machines with an x86 processor.</summary>
    public const string Pc = "pc";

    /// <summary>Whether the board has pins for sensors.</summary>
    public bool HasHeader => GpioLabel is not null;

    /// <summary>The board that this machine is, or null when its model is not known.</summary>
    /// <param name="root">Where <c>proc</c> lies.</param>
    public static BoardFacts? Detect(string root)
    {
        string? name = BoardPower.Detect(root);
        if (name is null && SystemFile.Text(Path.Combine(root, "proc/cpuinfo")) is { } processor && (processor.Contains("GenuineIntel", StringComparison.Ordinal) || processor.Contains("AuthenticAMD", StringComparison.Ordinal)))
        {
            name = Pc;
        }

        return name is null ? null : Read(name);
    }

    /// <summary>Profiles whose processor has the part number.</summary>
    public static IReadOnlyList<BoardFacts> WithCpu(string part) => [.. BoardPower.Known.Select(Read).Where(b => b.CpuPart == part)];

    /// <summary>Reads a built-in profile.</summary>
    public static BoardFacts Read(string name)
    {
        using JsonDocument document = BoardPower.Document(name);
        JsonElement root = document.RootElement;
        return new BoardFacts(name, root.GetProperty("title").GetString()!,
            root.TryGetProperty("cpu_part", out JsonElement part) ? part.GetString() : null,
            root.TryGetProperty("gpio", out JsonElement gpio) ? gpio.GetProperty("chip_label").GetString() : null,
            root.TryGetProperty("i2c", out JsonElement i2c) ? i2c.GetProperty("bus").GetInt32() : null);
    }
}
