using EdgeRuntime.Governing;
using Xunit;

namespace EdgeRuntime.Tests.Governor;

public sealed class SlowDownFilterTests
{
    private readonly Random _random = new(3);

    [Fact]
    public void TheFirstFrameSetsTheScale() => Assert.Equal(0.37, new SlowDownFilter().Next(0.37).Mean, 12);

    [Fact]
    public void NoiseIsAveragedAndItsSizeIsKnown()
    {
        SlowDownFilter filter = Settled(1.2, 0.05);
        Assert.InRange(filter.Mean, 1.17, 1.23);
        Assert.InRange(filter.Deviation, 0.03, 0.08);
        Assert.True(filter.IsSettled);
    }

    [Fact]
    public void AChangeIsFollowedWithinAFewFrames()
    {
        SlowDownFilter filter = Settled(1, 0.02);
        int frames = 0;
        do
        {
            filter = filter.Next(Sample(1.5, 0.02));
            frames++;
        }
        while (Math.Abs(filter.Mean - 1.5) > 0.06 && frames < 20);

        Assert.InRange(frames, 1, 3);
        Assert.False(filter.IsSettled);
    }

    [Fact]
    public void OneLateFrameIsNoChange()
    {
        SlowDownFilter filter = Settled(1, 0.02).Next(5);
        Assert.InRange(filter.Mean, 0.97, 1.05);
        Assert.InRange(filter.Next(1).Mean, 0.97, 1.05);
    }

    private double Sample(double mean, double deviation) => mean * (1 + (deviation * Math.Sqrt(12) * (_random.NextDouble() - 0.5)));

    private SlowDownFilter Settled(double mean, double deviation)
    {
        SlowDownFilter filter = new();
        for (int i = 0; i < 300; i++)
        {
            filter = filter.Next(Sample(mean, deviation));
        }

        return filter;
    }
}
