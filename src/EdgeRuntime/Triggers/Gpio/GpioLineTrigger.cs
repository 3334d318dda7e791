using EdgeRuntime.Platform;

namespace EdgeRuntime.Triggers.Gpio;

/// <summary>Edges of a GPIO line as the kernel saw them: its time stamp, its debouncing, and no wake-up in between.</summary>
public sealed unsafe class GpioLineTrigger : IEventTrigger
{
    private const int BatchEvents = 16;

    private readonly GpioAddress? _address;
    private readonly int _debounce;
    private int _file;
    private uint _sequence;

    /// <param name="name">For people.</param>
    /// <param name="file">A file that gives events of one line (gpio_v2_line_event); owned from now on.</param>
    internal GpioLineTrigger(string name, int file) => (Name, _file) = (name, file);

    private GpioLineTrigger(GpioAddress address, int debounceMicroseconds, int file)
        : this($"gpio {address.Chip}:{address.Line} {(address.Edge == GpioEdge.Rising ? "rising" : "falling")}", file)
        => (_address, _debounce) = (address, debounceMicroseconds);

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
        int file = Request(address, debounceMicroseconds);
        return file < 0 ? null : new GpioLineTrigger(address, debounceMicroseconds, file);
    }

    /// <inheritdoc/>
    public bool Wait(Waker waker, out TriggerEvent happened)
    {
        ArgumentNullException.ThrowIfNull(waker);
        happened = default;
        Reopen();
        switch (waker.Wait(_file, -1))
        {
            case WakeReason.Readable:
                break;
            case WakeReason.Gone:
                throw Gone();
            default:
                return false;
        }

        GpioCalls.LineEvent* events = stackalloc GpioCalls.LineEvent[BatchEvents];
        nint bytes = Libc.Read(_file, events, (nuint)(BatchEvents * sizeof(GpioCalls.LineEvent)));
        int count = (int)(bytes / sizeof(GpioCalls.LineEvent));
        if (count <= 0)
        {
            return bytes < 0 && Errno.Last is Errno.Interrupted or Errno.TryAgain ? false : throw Gone();
        }

        // The newest one is answered; the kernel's numbers tell of the others, those that its own queue had no room for among them.
        GpioCalls.LineEvent newest = events[count - 1];
        happened = new TriggerEvent((long)newest.Timestamp, unchecked(newest.LineSequence - _sequence) - 1, KernelTime: true);
        _sequence = newest.LineSequence;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_file >= 0)
        {
            _ = Libc.Close(_file);
            _file = -1;
        }
    }

    private static int Request(GpioAddress address, int debounceMicroseconds)
        => GpioLines.Request(address, GpioCalls.Input | (address.Edge == GpioEdge.Rising ? GpioCalls.RisingEdge : GpioCalls.FallingEdge), GpioCalls.DebounceAttribute, debounceMicroseconds);

    private void Reopen()
    {
        if (_file < 0)
        {
            _file = _address is null ? -1 : Request(_address, _debounce);
            _sequence = 0;
            if (_file < 0)
            {
                throw Gone();
            }
        }
    }

    private DeviceException Gone()
    {
        Dispose();
        return new DeviceException("the GPIO line has gone", Name, "Connect the device again, or check that the chip's driver is loaded");
    }
}
