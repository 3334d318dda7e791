using EdgeRuntime.Bundles;
using EdgeRuntime.Maps;
using EdgeRuntime.Plans;
using EdgeRuntime.Tests.Shared.Bundles;
using Xunit;

namespace EdgeRuntime.Tests.Plans;

public sealed class ArenaLayoutTests
{
    [Fact]
    public void NoValueIsOverwrittenWhileItIsNeeded()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            using Bundle bundle = RandomNetwork.Create(seed, steps: 20, side: 5);
            foreach (OperatingPoint point in bundle.Points)
            {
                new ArenaSimulation(bundle, point).Run();
            }
        }

        using Bundle every = EveryStepNetwork.Create();
        new ArenaSimulation(every, every.Points[0]).Run();
    }

    [Fact]
    public void ConcatenationsAreWrittenInPlace()
    {
        NetworkBuilder net = new(1);
        int input = net.Input(ElementType.S8, 4, 4, 3);
        int a = net.Convolution(input, 3, 1, 5);
        int b = net.Convolution(input, 1, 1, 7);
        int joined = net.Concat(a, b);
        net.Output(net.Convolution(joined, 1, 1, 4));
        using Bundle bundle = net.Build();
        ArenaLayout layout = ArenaLayout.Create(bundle, bundle.Points[0]);
        ConcatStep step = bundle.Steps.OfType<ConcatStep>().Single();
        Assert.True(ArenaLayout.IsInPlace(layout, step, bundle, 0));
        Assert.True(ArenaLayout.IsInPlace(layout, step, bundle, 1));
        Assert.Equal(12, layout.Maps[a].Stride);
        Assert.Equal(layout.Maps[joined].Offset + 5, layout.Maps[b].Offset);
    }

    [Fact]
    public void AnInputJoinedTwiceIsCopiedOnce()
    {
        NetworkBuilder net = new(1);
        int a = net.Convolution(net.Input(ElementType.S8, 4, 4, 3), 1, 1, 5);
        net.Output(net.Concat(a, a));
        using Bundle bundle = net.Build();
        ArenaLayout layout = ArenaLayout.Create(bundle, bundle.Points[0]);
        ConcatStep step = bundle.Steps.OfType<ConcatStep>().Single();
        Assert.True(ArenaLayout.IsInPlace(layout, step, bundle, 0));
        Assert.False(ArenaLayout.IsInPlace(layout, step, bundle, 1));
        new ArenaSimulation(bundle, bundle.Points[0]).Run();
    }

    [Fact]
    public void AChainReusesItsMemory()
    {
        NetworkBuilder net = new(1);
        int map = net.Input(ElementType.S8, 16, 16, 16);
        for (int i = 0; i < 10; i++)
        {
            map = net.Lookup(map);
        }

        net.Output(map);
        using Bundle bundle = net.Build();
        long one = (16 * 16 * 16) + NativeBlock.Slack;
        Assert.InRange(ArenaLayout.Create(bundle, bundle.Points[0]).Bytes, one * 3, one * 4);
    }

    [Fact]
    public void TooLargeActivationsAreRefused()
    {
        NetworkBuilder net = new(1);
        int map = net.Input(ElementType.F32, 1, 1 << 14, 1 << 14);
        net.Output(net.Softmax(map));
        using Bundle bundle = net.Build();
        Assert.Contains("Use a smaller input", Assert.Throws<BundleException>(() => ArenaLayout.Create(bundle, bundle.Points[0])).Message, StringComparison.Ordinal);
    }
}
