using EdgeRuntime.Platform;

namespace EdgeRuntime.Triggers;

/// <summary>Something happens outside, and a frame is taken after it.</summary>
public interface IEventTrigger : ITrigger
{
    /// <summary>Waits for the next event.</summary>
    /// <param name="waker">Ends the wait.</param>
    /// <param name="happened">The event, or the newest of several that came together.</param>
    /// <returns>False when the wait was ended from outside.</returns>
    /// <exception cref="DeviceException">The source has gone.</exception>
    bool Wait(Waker waker, out TriggerEvent happened);
}
