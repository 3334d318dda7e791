using System.Device.Gpio;
using EdgeRuntime.Platform;

namespace EdgeRuntime.Triggers.Gpio;

/// <summary>A line that is driven: an LED, a strobe light, or the marker of a power meter.</summary>
public sealed class GpioOutput : IDisposable
{
    private readonly GpioController _controller;
    private readonly int _line;

    /// <summary>Takes the line and drives it to <paramref name="level"/>.</summary>
    /// <exception cref="DeviceException">libgpiod is missing, or the line cannot be taken.</exception>
    public GpioOutput(GpioAddress address, bool level)
    {
        ArgumentNullException.ThrowIfNull(address);
        _line = address.Line;
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
    public void Set(bool level) => _controller.Write(_line, level ? PinValue.High : PinValue.Low);

    /// <inheritdoc/>
    public void Dispose() => _controller.Dispose();
}
