namespace EdgeRuntime.Sessions;

/// <summary>Runs the units of a step on a fixed set of threads. The caller is worker 0. Workers look out for work for a moment after a step and
/// then sleep, so that a session at rest costs nothing.</summary>
/// <remarks>
/// Whoever is free takes the next few units, fewer towards the end (guided self-scheduling, Polychronopoulos and Kuck 1987). So the caller never
/// waits for a thread that the machine has not let run yet, only for units that are being computed. Since kernels give every unit the same result
/// wherever it runs, outputs do not depend on the number of threads.
/// </remarks>
public sealed class WorkerPool : IDisposable
{
    // Watching for about a third of a millisecond bridges the steps that one thread runs alone.
    private const int Looks = 1000;
    private const int LooksPerYield = 8;

    // Not less than any number of units: nothing to take.
    private const int Closed = int.MaxValue;

    private readonly Thread[] _threads;
    private readonly Lock _sync = new();
    private readonly object _gate = new();

    // Upper half: number of the step. Lower half: its first unit that nobody has taken. One word, so that a thread that comes late fails to
    // take a unit of a step that is over: units are taken by compare-and-swap, and no two steps share a number.
    private long _ticket = Closed;
    private BoundStep? _step;
    private int _left;
    private int _sleeping;
    private volatile bool _stop;

    /// <summary>Starts <paramref name="threads"/> − 1 threads.</summary>
    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        Threads = threads;
        _threads = new Thread[threads - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int worker = i + 1;
            _threads[i] = new Thread(() => Work(worker), 256 * 1024) { IsBackground = true, Name = $"edgert worker {worker}" };
            _threads[i].Start();
        }
    }

    /// <summary>Workers, the caller included.</summary>
    public int Threads { get; }

    /// <summary>Runs all units of a step and returns when they are done. One caller at a time.</summary>
    public void Run(BoundStep step)
    {
        int units = step.Units;
        if (_threads.Length == 0 || units <= step.Grain)
        {
            step.Run(0, units, 0);
            return;
        }

        lock (_sync)
        {
            // The ticket is closed here, so nobody takes anything until all fields of the new step are in place.
            int number = StepOf(_ticket) + 1;
            _left = units;
            Volatile.Write(ref _step, step);
            Interlocked.Exchange(ref _ticket, Ticket(number, 0));
            if (Volatile.Read(ref _sleeping) > 0)
            {
                lock (_gate)
                {
                    Monitor.PulseAll(_gate);
                }
            }

            TakeUnits(0);
            SpinWait wait = default;
            while (Volatile.Read(ref _left) > 0)
            {
                wait.SpinOnce(sleep1Threshold: -1);
            }

            Interlocked.Exchange(ref _ticket, Ticket(number, Closed));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop = true;
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private static long Ticket(int step, int unit) => ((long)step << 32) | (uint)unit;

    private static int StepOf(long ticket) => (int)(ticket >> 32);

    private void Work(int worker)
    {
        int seen = 0;
        while (true)
        {
            seen = Await(seen);
            if (_stop)
            {
                return;
            }

            TakeUnits(worker);
        }
    }

    private void TakeUnits(int worker)
    {
        while (true)
        {
            // Read in this order: if the swap succeeds, the ticket was valid all the time, and so the step belongs to it.
            long ticket = Volatile.Read(ref _ticket);
            BoundStep? step = Volatile.Read(ref _step);
            int begin = (int)ticket;
            if (step is null || begin >= step.Units)
            {
                return;
            }

            int count = Math.Max((step.Units - begin) / (2 * Threads), step.Grain);
            int end = Math.Min(step.Units, begin + count);
            if (Interlocked.CompareExchange(ref _ticket, Ticket(StepOf(ticket), end), ticket) == ticket)
            {
                step.Run(begin, end, worker);
                Interlocked.Add(ref _left, begin - end);
            }
        }
    }

    /// <summary>Waits for a step other than <paramref name="seen"/>, or for the end, and returns the step's number.</summary>
    private int Await(int seen)
    {
        for (int look = 0; look < Looks; look++)
        {
            int number = StepOf(Volatile.Read(ref _ticket));
            if (number != seen || _stop)
            {
                return number;
            }

            // On a busy machine the time belongs to others, perhaps to the very thread that this one waits for.
            if (look % LooksPerYield == LooksPerYield - 1)
            {
                Thread.Yield();
            }

            Thread.SpinWait(8);
        }

        lock (_gate)
        {
            Interlocked.Increment(ref _sleeping);
            while (StepOf(Volatile.Read(ref _ticket)) == seen && !_stop)
            {
                Monitor.Wait(_gate);
            }

            Interlocked.Decrement(ref _sleeping);
            return StepOf(Volatile.Read(ref _ticket));
        }
    }
}
