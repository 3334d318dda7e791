namespace EdgeRuntime.Sessions;

/// <summary>Runs the units of a step on a fixed set of threads. The caller is worker 0. Workers spin for a moment between steps and then sleep,
/// so that a session at rest costs nothing.</summary>
/// <remarks>Units are split into equal contiguous shares, one per thread; since kernels give every unit the same result wherever it runs, outputs
/// do not depend on the number of threads. A thread takes its own share first, which its cache may still know, and then those that nobody has
/// begun: a worker that the system is slow to wake holds nobody up.</remarks>
public sealed class WorkerPool : IDisposable
{
    private const int Spins = 2000;

    private readonly Thread[] _threads;

    // Generation in which each share was last taken: the one before the current means that it is free.
    private readonly int[] _taken;
    private readonly Lock _sync = new();
    private readonly object _gate = new();
    private volatile BoundStep? _step;
    private volatile int _generation;
    private volatile int _pending;
    private int _sleeping;
    private volatile bool _stop;

    /// <summary>Starts <paramref name="threads"/> − 1 threads.</summary>
    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        Threads = threads;
        _threads = new Thread[threads - 1];
        _taken = new int[threads];
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
        if (_threads.Length == 0 || units < 2)
        {
            step.Run(0, units, 0);
            return;
        }

        lock (_sync)
        {
            _step = step;
            _pending = Threads;
            int generation = Interlocked.Increment(ref _generation);
            if (Volatile.Read(ref _sleeping) > 0)
            {
                lock (_gate)
                {
                    Monitor.PulseAll(_gate);
                }
            }

            Take(step, generation, 0);
            SpinWait wait = default;
            while (_pending > 0)
            {
                wait.SpinOnce(sleep1Threshold: -1);
            }

            _step = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop = true;
        Interlocked.Increment(ref _generation);
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }

        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    private void Work(int worker)
    {
        int seen = 0;
        while (true)
        {
            Await(seen);
            seen = _generation;
            if (_stop)
            {
                return;
            }

            Take(_step, seen, worker);
        }
    }

    // The step may already be a later one, or none. Then all shares of this generation have been taken, and none is found.
    private void Take(BoundStep? step, int generation, int worker)
    {
        for (int i = 0; i < Threads; i++)
        {
            int share = (worker + i) % Threads;
            if (_taken[share] != generation - 1 || Interlocked.CompareExchange(ref _taken[share], generation, generation - 1) != generation - 1)
            {
                continue;
            }

            long units = step!.Units;
            int begin = (int)(units * share / Threads);
            int end = (int)(units * (share + 1) / Threads);
            if (begin < end)
            {
                step.Run(begin, end, worker);
            }

            Interlocked.Decrement(ref _pending);
        }
    }

    private void Await(int seen)
    {
        for (int i = 0; i < Spins; i++)
        {
            if (_generation != seen)
            {
                return;
            }

            Thread.SpinWait(8);
        }

        lock (_gate)
        {
            Interlocked.Increment(ref _sleeping);
            while (_generation == seen)
            {
                Monitor.Wait(_gate);
            }

            Interlocked.Decrement(ref _sleeping);
        }
    }
}
