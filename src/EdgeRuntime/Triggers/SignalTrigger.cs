using System.Runtime.InteropServices;
using EdgeRuntime.Platform;

namespace EdgeRuntime.Triggers;

/// <summary>Fires on SIGUSR1.</summary>
public sealed class SignalTrigger : IEventTrigger
{
    private const int UserSignal = 10;

    private readonly PosixSignalRegistration _registration;
    private readonly Waker _waker;
    private long _count;
    private long _last;
    private long _answered;

    /// <param name="waker">Woken by the signal: the one that <see cref="Wait"/> is called with.</param>
    public SignalTrigger(Waker waker)
    {
        _waker = waker;
        _registration = PosixSignalRegistration.Create((PosixSignal)UserSignal, OnSignal);
    }

    /// <inheritdoc/>
    public string Name => "signal";

    /// <inheritdoc/>
    public bool Wait(Waker waker, out TriggerEvent happened)
    {
        ArgumentNullException.ThrowIfNull(waker);
        if (Interlocked.Read(ref _count) == _answered)
        {
            waker.Wait(-1, -1);
        }

        long count = Interlocked.Read(ref _count);
        happened = new TriggerEvent(Interlocked.Read(ref _last), count - _answered - 1, KernelTime: false);
        bool fired = count > _answered;
        _answered = count;
        return fired;
    }

    /// <inheritdoc/>
    public void Dispose() => _registration.Dispose();

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        Interlocked.Exchange(ref _last, Clock.Now);
        Interlocked.Increment(ref _count);
        _waker.Wake();
    }
}
