using EdgeRuntime.Platform;

namespace EdgeRuntime.Triggers.Gpio;

/// <summary>Takes lines by version 2 of the kernel's interface.</summary>
internal static unsafe class GpioLines
{
    /// <summary>Takes a line.</summary>
    /// <param name="address">The line.</param>
    /// <param name="flags">Direction and edges.</param>
    /// <param name="attribute">Kind of <paramref name="value"/>.</param>
    /// <param name="value">Debounce time in microseconds or level; for debouncing 0 = none.</param>
    /// <returns>The line's file; −1 when this kernel lacks version 2 of the interface.</returns>
    /// <exception cref="DeviceException">No such chip or line, it is in use, or may not be used.</exception>
    public static int Request(GpioAddress address, ulong flags, uint attribute, int value)
    {
        string path = GpioChips.Find(address.Chip);
        string where = $"{path} line {address.Line}";
        int chip = Libc.Open(path, Libc.ReadWrite | Libc.CloseOnExec);
        if (chip < 0)
        {
            throw DeviceException.Of("cannot open the GPIO chip", path, Errno.Last, GpioChips.Group);
        }

        GpioCalls.LineRequest request = new() { LineCount = 1, Flags = flags };
        request.Offsets[0] = (uint)address.Line;
        "edgert"u8.CopyTo(new Span<byte>(request.Consumer, GpioCalls.NameBytes));
        if (value > 0)
        {
            request.AttributeCount = 1;
            request.FirstAttribute = new GpioCalls.Attribute { Id = attribute, Value = (uint)value, Mask = 1 };
        }

        GpioCalls.ChipInfo info = default;
        bool known = Libc.Control(chip, GpioCalls.ChipInformation, &info) >= 0;
        int error = Libc.Control(chip, GpioCalls.RequestLines, &request) < 0 ? Errno.Last : 0;
        _ = Libc.Close(chip);
        return error switch
        {
            0 => request.File,
            _ when !known => throw new DeviceException("this is no GPIO chip", path, "Name one of /dev/gpiochip*"),
            _ when address.Line >= info.Lines => throw new DeviceException($"the chip has only {info.Lines} lines", where, "Take a line that it has; the header's pins are lines 2 to 27 of a Raspberry Pi"),
            Errno.NotTypewriter or Errno.Invalid => -1,
            _ => throw DeviceException.Of("cannot take the line", where, error, GpioChips.Group),
        };
    }
}
