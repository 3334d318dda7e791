using System.Device.Gpio;
using System.Device.Gpio.Drivers;
using System.Globalization;
using EdgeRuntime.Platform;

namespace EdgeRuntime.Triggers.Gpio;

/// <summary>Opens System.Device.Gpio on a chip. Its own choice of driver is not used: it fails on boards with several chips.</summary>
internal static class GpioControllers
{
    /// <summary>Opens the chip with libgpiod 2 (<c>libgpiod.so.3</c>) or 1 (<c>libgpiod.so.2</c>).</summary>
    /// <exception cref="DeviceException">Neither is installed, or the chip cannot be used.</exception>
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

        // Version 1 first: it is what Debian 12 and Raspberry Pi OS bookworm carry.
        Exception? first = null;
        foreach (Func<int, GpioDriver> open in (Func<int, GpioDriver>[])[static n => new LibGpiodDriver(n), static n => new LibGpiodV2Driver(n)])
        {
            try
            {
                return new GpioController(open(number));
            }
            catch (Exception e) when (e is PlatformNotSupportedException or IOException or DllNotFoundException or UnauthorizedAccessException or EntryPointNotFoundException)
            {
                first ??= e;
            }
        }

        throw new DeviceException($"the GPIO chip cannot be opened through libgpiod ({first!.Message.TrimEnd('.')})", path,
            $"Install it (sudo apt install libgpiod2, or libgpiod3 on newer systems) and be a member of the group '{GpioChips.Group}'", first);
    }
}
