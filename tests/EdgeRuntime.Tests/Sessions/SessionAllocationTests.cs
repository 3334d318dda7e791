using EdgeRuntime.Sessions;
using EdgeRuntime.Tests.Shared.Bundles;
using Xunit;

namespace EdgeRuntime.Tests.Sessions;

// Alone, since the count over all threads would see what other tests allocate.
[Collection(nameof(KernelVariables))]
public sealed class SessionAllocationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void InferenceAllocatesNothing(int threads)
    {
        using EdgeModel model = EdgeModel.Load(RandomNetwork.Create(2, steps: 12, side: 28));
        using Session session = model.CreateSession(threads);
        float[] input = new float[model.Bundle.Inputs[0].Dims.Aggregate(1, (a, d) => a * d)];
        float[] output = new float[model.Bundle.Outputs[0].Dims.Aggregate(1, (a, d) => a * d)];
        void Infer(int times)
        {
            for (int i = 0; i < times; i++)
            {
                session.Point = i % model.Bundle.Points.Length;
                session.SetInput(0, input);
                session.Run();
                session.GetOutput(0, output);
            }
        }

        Infer(50);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Infer(30);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        // The other threads: the test host itself may allocate, but hardly once per run and step.
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 20 && least > 0; attempt++)
        {
            long total = GC.GetTotalAllocatedBytes(precise: true);
            Infer(3);
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - total);
        }

        Assert.Equal(0, least);
    }
}
