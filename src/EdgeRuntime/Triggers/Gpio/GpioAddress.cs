using System.Globalization;

namespace EdgeRuntime.Triggers.Gpio;

/// <summary>A line of a chip, as typed: <c>CHIP:LINE</c> with an edge behind it for triggers.</summary>
/// <param name="Chip">Label (<c>pinctrl-bcm2711</c>), name (<c>gpiochip0</c>), number or path.</param>
/// <param name="Line">Line number on the chip; on a Raspberry Pi the number of the GPIO, not of the pin.</param>
/// <param name="Edge">Which change fires.</param>
public sealed record GpioAddress(string Chip, int Line, GpioEdge Edge = GpioEdge.Falling)
{
    private const int MostLines = 4096;

    /// <summary>Reads <c>CHIP:LINE[:falling|rising]</c>.</summary>
    /// <param name="text">What was typed, for errors.</param>
    /// <param name="parts">The part behind the first word, split at colons. A chip's label may hold colons itself.</param>
    /// <exception cref="EdgeRuntimeException">It is none; exit code 2.</exception>
    public static GpioAddress Parse(string text, ReadOnlySpan<string> parts)
    {
        GpioEdge edge = GpioEdge.Falling;
        if (parts.Length > 2 && parts[^1] is "falling" or "rising")
        {
            edge = parts[^1] == "rising" ? GpioEdge.Rising : GpioEdge.Falling;
            parts = parts[..^1];
        }

        string chip = parts.Length < 2 ? "" : string.Join(':', parts[..^1].ToArray());
        return chip.Length > 0 && int.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out int line) && line < MostLines
            ? new GpioAddress(chip, line, edge)
            : throw new EdgeRuntimeException($"'{text}' names no GPIO line. Write CHIP:LINE, for example pinctrl-bcm2711:17 (Raspberry Pi 4), "
                + "pinctrl-rp1:17 (Pi 5) or gpiochip0:17; a trigger may add :falling or :rising.", 2);
    }
}
