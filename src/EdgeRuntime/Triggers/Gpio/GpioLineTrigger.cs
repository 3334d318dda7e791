using EdgeRuntime.Platform;

namespace EdgeRuntime.Triggers.Gpio;

/// <summary>Edges of a GPIO line as the kernel saw them: its time stamp, its debouncing, and no wake-up in between.</summary>
public sealed unsafe class GpioLineTrigger : IEventTrigger
{
    private const int BatchEvents = 16;

    private readonly int _file;
    private uint _sequence;

    /// <param name="name">For people.</param>
    /// <param name="file">A file that gives events of one line (gpio_v2_line_event); owned from now on.</param>
    internal GpioLineTrigger(string name, int file) => (Name, _file) = (name, file);

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Takes a line.</summary>
    /// <param name="address">The line and its edge.</param>
    /// <param name="debounceMicroseconds">Edges closer together than this are one; 0 = all count.</param>
    /// <returns>Null when this kernel lacks version 2 of the interface.</returns>
    /// <exception cref="DeviceException">No such chip or line, it is in use, or may not be used.</exception>
    public static GpioLineTrigger? TryOpen(GpioAddress address, int debounceMicroseconds)
    {
        ArgumentNullException.ThrowIfNull(address);
        string path = GpioChips.Find(address.Chip);
        string where = $"{path} line {address.Line}";
        int chip = Libc.Open(path, Libc.ReadWrite | Libc.CloseOnExec);
        if (chip < 0)
        {
            throw DeviceException.Of("cannot open the GPIO chip", path, Errno.Last, GpioChips.Group);
        }

        GpioCalls.LineRequest request = new()
        {
            LineCount = 1,
            Flags = GpioCalls.Input | (address.Edge == GpioEdge.Rising ? GpioCalls.RisingEdge : GpioCalls.FallingEdge),
        };
        request.Offsets[0] = (uint)address.Line;
        "edgert"u8.CopyTo(new Span<byte>(request.Consumer, GpioCalls.NameBytes));
        if (debounceMicroseconds > 0)
        {
            request.AttributeCount = 1;
            request.FirstAttribute = new GpioCalls.Attribute { Id = GpioCalls.DebounceAttribute, Value = (uint)debounceMicroseconds, Mask = 1 };
        }

        GpioCalls.ChipInfo info = default;
        bool known = Libc.Control(chip, GpioCalls.ChipInformation, &info) >= 0;
        int error = Libc.Control(chip, GpioCalls.RequestLines, &request) < 0 ? Errno.Last : 0;
        _ = Libc.Close(chip);
        return error switch
        {
            0 => new GpioLineTrigger($"gpio {address.Chip}:{address.Line} {(address.Edge == GpioEdge.Rising ? "rising" : "falling")}", request.File),
            _ when !known => throw new DeviceException("this is no GPIO chip", path, "Name one of /dev/gpiochip*"),
            _ when address.Line >= info.Lines => throw new DeviceException($"the chip has only {info.Lines} lines", where, "Take a line that it has; the header's pins are lines 2 to 27 of a Raspberry Pi"),
            Errno.Busy => throw DeviceException.Of("cannot take the line", where, error, GpioChips.Group),
            Errno.NotTypewriter or Errno.Invalid => null,
            _ => throw DeviceException.Of("cannot take the line", where, error, GpioChips.Group),
        };
    }

    /// <inheritdoc/>
    public bool Wait(Waker waker, out TriggerEvent happened)
    {
        ArgumentNullException.ThrowIfNull(waker);
        happened = default;
        switch (waker.Wait(_file, -1))
        {
            case WakeReason.Readable:
                break;
            case WakeReason.Gone:
                throw new DeviceException("the GPIO line has gone", Name, "Check that the chip's driver is loaded");
            default:
                return false;
        }

        GpioCalls.LineEvent* events = stackalloc GpioCalls.LineEvent[BatchEvents];
        nint bytes = Libc.Read(_file, events, (nuint)(BatchEvents * sizeof(GpioCalls.LineEvent)));
        int count = (int)(bytes / sizeof(GpioCalls.LineEvent));
        if (count <= 0)
        {
            return bytes < 0 && Errno.Last is Errno.Interrupted or Errno.TryAgain
                ? false
                : throw new DeviceException("the GPIO line cannot be read any more", Name, "Check that the chip's driver is loaded");
        }

        // The newest one is answered; the kernel's numbers tell of the others, those that its own queue had no room for among them.
        GpioCalls.LineEvent newest = events[count - 1];
        happened = new TriggerEvent((long)newest.Timestamp, unchecked(newest.LineSequence - _sequence) - 1, KernelTime: true);
        _sequence = newest.LineSequence;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Libc.Close(_file);
}
