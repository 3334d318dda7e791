using System.Device.Gpio;
using EdgeRuntime.Platform;

namespace EdgeRuntime.Triggers.Gpio;

/// <summary>Edges through System.Device.Gpio, for kernels that lack version 2 of the interface.</summary>
public sealed class GpioControllerTrigger : IEventTrigger
{
    private readonly GpioController _controller;
    private readonly int _line;
    private readonly long _debounce;
    private readonly object _gate = new();
    private Waker? _waiting;
    private long _last;
    private long _count;
    private long _answered;

    /// <param name="address">The line and its edge.</param>
    /// <param name="debounceMicroseconds">Edges closer together than this are one.</param>
    /// <exception cref="DeviceException">libgpiod is missing, or the line cannot be taken.</exception>
    public GpioControllerTrigger(GpioAddress address, int debounceMicroseconds)
    {
        ArgumentNullException.ThrowIfNull(address);
        Name = $"gpio {address.Chip}:{address.Line} through libgpiod";
        _line = address.Line;
        _debounce = debounceMicroseconds * 1000L;
        _controller = GpioControllers.Open(address.Chip);
        try
        {
            _controller.OpenPin(_line, PinMode.Input);
            _controller.RegisterCallbackForPinValueChangedEvent(_line, address.Edge == GpioEdge.Rising ? PinEventTypes.Rising : PinEventTypes.Falling, OnEdge);
        }
        catch (Exception e) when (e is IOException or ArgumentException or InvalidOperationException or UnauthorizedAccessException)
        {
            Dispose();
            throw new DeviceException($"the line cannot be taken ({e.Message.TrimEnd('.')})", Name, "Check the line's number and that no other program uses it", e);
        }
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool Wait(Waker waker, out TriggerEvent happened)
    {
        ArgumentNullException.ThrowIfNull(waker);
        lock (_gate)
        {
            _waiting = waker;
            if (_count > _answered)
            {
                return Take(out happened);
            }
        }

        waker.Wait(-1, -1);
        lock (_gate)
        {
            return Take(out happened);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _controller.Dispose();
    }

    private bool Take(out TriggerEvent happened)
    {
        happened = new TriggerEvent(_last, Math.Max(_count - _answered - 1, 0), KernelTime: false);
        bool fired = _count > _answered;
        _answered = _count;
        return fired;
    }

    private void OnEdge(object sender, PinValueChangedEventArgs arguments)
    {
        long now = Clock.Now;
        lock (_gate)
        {
            if (_count > 0 && now - _last < _debounce)
            {
                return;
            }

            _last = now;
            _count++;
            _waiting?.Wake();
        }
    }
}
