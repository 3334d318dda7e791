using EdgeRuntime.Platform;

namespace EdgeRuntime.Triggers;

/// <summary>Fires at fixed times. Periods that pass while there is work are missed, not caught up.</summary>
public sealed class IntervalTrigger : IEventTrigger
{
    private readonly long _period;
    private long _next = long.MinValue;

    /// <param name="milliseconds">From one event to the next; above 0.</param>
    public IntervalTrigger(double milliseconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(milliseconds);
        _period = Math.Max((long)(milliseconds * 1e6), 1);
        Name = $"interval {milliseconds} ms";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool Wait(Waker waker, out TriggerEvent happened)
    {
        ArgumentNullException.ThrowIfNull(waker);
        long now = Clock.Now;
        _next = _next == long.MinValue ? now : _next;
        while ((now = Clock.Now) < _next)
        {
            if (waker.WaitFor(-1, _next - now) == WakeReason.Woken)
            {
                happened = default;
                return false;
            }
        }

        long missed = (now - _next) / _period;
        happened = new TriggerEvent(_next + (missed * _period), missed, KernelTime: false);
        _next = happened.At + _period;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
