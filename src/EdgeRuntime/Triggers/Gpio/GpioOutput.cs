using System.Device.Gpio;
using EdgeRuntime.Energy;
using EdgeRuntime.Platform;

namespace EdgeRuntime.Triggers.Gpio;

/// <summary>A line that is driven: an LED, a strobe light, or the marker of a power meter.</summary>
/// <remarks>By the kernel's own interface, which needs no library; through System.Device.Gpio where the kernel is too old for it.</remarks>
public sealed unsafe class GpioOutput : IWindowMarker, IDisposable
{
    private readonly GpioController? _controller;
    private readonly int _line;
    private readonly int _file;

    /// <summary>Takes the line and drives it to <paramref name="level"/>.</summary>
    /// <exception cref="DeviceException">No such line, or it cannot be taken.</exception>
    public GpioOutput(GpioAddress address, bool level)
    {
        ArgumentNullException.ThrowIfNull(address);
        _line = address.Line;
        _file = GpioLines.Request(address, GpioCalls.Output, GpioCalls.OutputAttribute, level ? 1 : 0);
        if (_file >= 0)
        {
            return;
        }

        _controller = GpioControllers.Open(address.Chip);
        try
        {
            _controller.OpenPin(_line, PinMode.Output, level ? PinValue.High : PinValue.Low);
        }
        catch (Exception e) when (e is IOException or ArgumentException or InvalidOperationException or UnauthorizedAccessException)
        {
            _controller.Dispose();
            throw new DeviceException($"the line cannot be driven ({e.Message.TrimEnd('.')})", $"{address.Chip} line {_line}", "Check the line's number and that no other program uses it", e);
        }
    }

    /// <summary>Drives the line.</summary>
    public void Set(bool level)
    {
        if (_controller is not null)
        {
            _controller.Write(_line, level ? PinValue.High : PinValue.Low);
            return;
        }

        GpioCalls.LineValues values = new() { Bits = level ? 1UL : 0, Mask = 1 };
        _ = Libc.Control(_file, GpioCalls.SetValues, &values);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_controller is not null)
        {
            _controller.Dispose();
        }
        else
        {
            _ = Libc.Close(_file);
        }
    }
}
