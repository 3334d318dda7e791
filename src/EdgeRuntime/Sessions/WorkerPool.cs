namespace EdgeRuntime.Sessions;

/// <summary>Runs the units of a step on a fixed set of threads. The caller is worker 0. Workers spin for a moment between steps and then sleep,
/// so that a session at rest costs nothing.</summary>
/// <remarks>Units are split into equal contiguous shares; since kernels give every unit the same result wherever it runs, outputs do not
/// depend on the number of threads.</remarks>
public sealed class WorkerPool : IDisposable
{
    private const int Spins = 2000;

    private readonly Thread[] _threads;
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
            _pending = _threads.Length;
            Interlocked.Increment(ref _generation);
            if (Volatile.Read(ref _sleeping) > 0)
            {
                lock (_gate)
                {
                    Monitor.PulseAll(_gate);
                }
            }

            step.Run(0, units / Threads, 0);
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

            BoundStep step = _step!;
            long units = step.Units;
            int begin = (int)(units * worker / Threads);
            int end = (int)(units * (worker + 1) / Threads);
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
