namespace EdgeRuntime.Platform;

/// <summary>Waits for a file and can be woken from another thread. Costs no wake-up while nothing happens.</summary>
public sealed unsafe class Waker : IDisposable
{
    private readonly int _event;

    /// <summary>Makes the event.</summary>
    public Waker()
    {
        _event = Libc.EventFile(0, Libc.CloseOnExec | Libc.NonBlocking);
        if (_event < 0)
        {
            throw DeviceException.Of("cannot make an event", "eventfd", Errno.Last, "users");
        }
    }

    /// <summary>Ends the wait in progress, or the next one.</summary>
    public void Wake()
    {
        ulong one = 1;
        _ = Libc.Write(_event, &one, sizeof(ulong));
    }

    /// <summary>Waits.</summary>
    /// <param name="file">A file to wait for; −1 for none.</param>
    /// <param name="timeoutMilliseconds">−1 for ever.</param>
    public WakeReason Wait(int file, int timeoutMilliseconds) => WaitFor(file, timeoutMilliseconds < 0 ? -1 : timeoutMilliseconds * 1_000_000L);

    /// <summary>Waits, with a finer clock.</summary>
    /// <param name="file">A file to wait for; −1 for none.</param>
    /// <param name="nanoseconds">−1 for ever.</param>
    public WakeReason WaitFor(int file, long nanoseconds)
    {
        Libc.PollEntry* entries = stackalloc Libc.PollEntry[2];
        entries[0] = new Libc.PollEntry { File = _event, Events = Libc.PollIn };
        entries[1] = new Libc.PollEntry { File = file, Events = Libc.PollIn };
        Libc.TimeSpec time = new() { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };
        int count = Libc.PollFor(entries, 2, nanoseconds < 0 ? null : &time, null);
        if (count < 0)
        {
            // A signal that the runtime took; the caller looks at its own state and comes back.
            return WakeReason.Woken;
        }

        if (entries[0].Returned != 0)
        {
            ulong value;
            _ = Libc.Read(_event, &value, sizeof(ulong));
            return WakeReason.Woken;
        }

        return entries[1].Returned == 0 ? WakeReason.Timeout
            : (entries[1].Returned & Libc.PollIn) != 0 ? WakeReason.Readable : WakeReason.Gone;
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Libc.Close(_event);
}
