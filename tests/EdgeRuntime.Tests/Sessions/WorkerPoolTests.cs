using EdgeRuntime.Sessions;
using Xunit;

namespace EdgeRuntime.Tests.Sessions;

public sealed class WorkerPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task EveryUnitRunsOnceWhileItsStepRuns(int threads)
    {
        // Three callers with a pool each: more threads than cores, so workers wake late and are interrupted anywhere.
        Task[] callers = [.. Enumerable.Range(0, 3).Select(seed => Task.Run(() => ManySteps(threads, seed)))];
        await Task.WhenAll(callers);
    }

    [Fact]
    public void SleepingWorkersWakeUp()
    {
        using WorkerPool pool = new(3);
        CountingStep step = new(units: 40, grain: 1);
        for (int i = 1; i <= 20; i++)
        {
            // Longer than the workers keep looking.
            Thread.Sleep(5);
            step.RunOn(pool);
            Assert.Equal(i * 40L, step.Total);
        }
    }

    [Fact]
    public void WorkersShareAStep()
    {
        // Each worker stays until the other has come, so a pool that ran all units on one thread would never end.
        using WorkerPool pool = new(2);
        MeetingStep step = new();
        pool.Run(step);
        Assert.Equal(0b11, step.WorkerMask);
    }

    [Fact]
    public void PoolsEndAtAnyMoment()
    {
        for (int i = 0; i < 100; i++)
        {
            using WorkerPool pool = new(1 + (i % 4));
            CountingStep step = new(units: 1 + (i % 9), grain: 1);
            for (int run = 0; run < i % 3; run++)
            {
                step.RunOn(pool);
            }
        }
    }

    [Fact]
    public void APoolNeedsAThread() => Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerPool(0));

    private static void ManySteps(int threads, int seed)
    {
        Random random = new(seed);
        using WorkerPool pool = new(threads);
        CountingStep[] steps = [.. Enumerable.Range(0, 16).Select(_ => new CountingStep(random.Next(1, 60), random.Next(1, 5)))];
        int[] runs = new int[steps.Length];
        for (int i = 0; i < 20_000; i++)
        {
            int next = random.Next(steps.Length);
            steps[next].RunOn(pool);
            runs[next]++;
        }

        for (int i = 0; i < steps.Length; i++)
        {
            Assert.Null(steps[i].Fault);
            Assert.All(steps[i].Counts, count => Assert.Equal(runs[i], count));
        }
    }

    /// <summary>Counts how often each unit runs and notes what must not happen.</summary>
    private sealed class CountingStep(int units, int grain) : BoundStep("count", "test", "test", units, 0)
    {
        private readonly int[] _busy = new int[4];
        private int _running;

        public int[] Counts { get; } = new int[units];

        public string? Fault { get; private set; }

        public override int Units => Counts.Length;

        public override int Grain => grain;

        public long Total => Counts.Sum(static count => (long)count);

        public void RunOn(WorkerPool pool)
        {
            Volatile.Write(ref _running, 1);
            pool.Run(this);
            Volatile.Write(ref _running, 0);
        }

        public override void Run(int begin, int end, int worker)
        {
            // The scratch memory belongs to the worker index, so no index may be in use twice.
            if (Volatile.Read(ref _running) == 0 || Interlocked.Exchange(ref _busy[worker], 1) != 0 || begin >= end)
            {
                Fault = $"units {begin} to {end} on worker {worker}";
            }

            for (int unit = begin; unit < end; unit++)
            {
                Interlocked.Increment(ref Counts[unit]);
            }

            Volatile.Write(ref _busy[worker], 0);
        }
    }

    /// <summary>Two units, each of which waits for the other.</summary>
    private sealed class MeetingStep() : BoundStep("meet", "test", "test", 2, 0)
    {
        private int _arrived;
        private int _workers;

        /// <summary>A bit for each worker that has run a unit.</summary>
        public int WorkerMask => Volatile.Read(ref _workers);

        public override int Units => 2;

        public override void Run(int begin, int end, int worker)
        {
            Interlocked.Add(ref _arrived, end - begin);
            Interlocked.Or(ref _workers, 1 << worker);
            SpinWait.SpinUntil(() => Volatile.Read(ref _arrived) == 2);
        }
    }
}
