using EdgeRuntime.Sessions;
using Xunit;

namespace EdgeRuntime.Tests.Sessions;

public class WorkerPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void EveryUnitOfEveryStepRunsOnceBeforeRunReturns(int threads)
    {
        using WorkerPool pool = new(threads);
        Random random = new(threads);
        for (int round = 0; round < 3000; round++)
        {
            CountingStep step = new(random.Next(1, 40), threads);
            pool.Run(step);
            Assert.All(step.Runs, runs => Assert.Equal(1, runs));
            Assert.False(step.ScratchWasShared);
            if (round % 300 == 0)
            {
                // Long enough for the workers to fall asleep.
                Thread.Sleep(2);
            }
        }
    }

    private sealed class CountingStep(int units, int threads) : BoundStep("step", "test", "test", units, 0)
    {
        private readonly int[] _busy = new int[threads];
        private volatile bool _shared;

        public int[] Runs { get; } = new int[units];

        public bool ScratchWasShared => _shared;

        public override int Units => Runs.Length;

        public override void Run(int begin, int end, int worker)
        {
            _shared |= Interlocked.Increment(ref _busy[worker]) != 1;
            for (int i = begin; i < end; i++)
            {
                Interlocked.Increment(ref Runs[i]);
            }

            Interlocked.Decrement(ref _busy[worker]);
        }
    }
}
