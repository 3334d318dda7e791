using System.Device.Gpio;
using System.Device.Gpio.Drivers;
using System.Globalization;
using EdgeRuntime.Platform;

namespace EdgeRuntime.Triggers.Gpio;

/// <summary>Opens System.Device.Gpio on a chip, for kernels that lack version 2 of the interface.</summary>
/// <remarks>
/// Its own choice of driver is not used: it fails on boards with several chips. The driver for libgpiod 2 is not used either: such kernels are older than it, and
/// it cannot be trimmed.
/// </remarks>
internal static class GpioControllers
{
    /// <summary>Opens the chip with libgpiod 1 (<c>libgpiod.so.2</c>).</summary>
    /// <exception cref="DeviceException">It is not installed, or the chip cannot be used.</exception>
    public static GpioController Open(string chip)
    {
        string path = GpioChips.Find(chip);
        int digits = path.Length;
        while (digits > 0 && char.IsAsciiDigit(path[digits - 1]))
        {
            digits--;
        }

        if (!int.TryParse(path.AsSpan(digits), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            throw new DeviceException("libgpiod takes chips by number", path, "Name the chip as gpiochipN or by its label");
        }

        try
        {
            return new GpioController(new LibGpiodDriver(number));
        }
        catch (Exception e) when (e is PlatformNotSupportedException or IOException or DllNotFoundException or UnauthorizedAccessException or EntryPointNotFoundException)
        {
            throw new DeviceException($"the GPIO chip cannot be opened through libgpiod ({e.Message.TrimEnd('.')})", path,
                $"Install it (sudo apt install libgpiod2) and be a member of the group '{GpioChips.Group}'", e);
        }
    }
}
