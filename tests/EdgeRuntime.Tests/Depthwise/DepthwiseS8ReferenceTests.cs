using EdgeRuntime.Kernels.Depthwise;
using EdgeRuntime.Tests.Shared.Kernels;
using Xunit;

namespace EdgeRuntime.Tests.Depthwise;

/// <summary>The oracle itself: a literal result worked out by hand, then a second computation in exact arithmetic.</summary>
public sealed class DepthwiseS8ReferenceTests
{
    [Fact]
    public void SentinelsReadThePaddingRowAndTapsKeepTheirOrder()
    {
        var problem = new DepthwiseS8Case
        {
            Taps = 2,
            Channels = 2,
            Rows = 2,
            InputStride = 3,
            OutputStride = 2,
            Input = [1, 2, 99, 3, 4, 99],
            Padding = [10, 20],
            Table = [1, -1, -1, 0],
            Weights = [1, 2, 3, 4],
            Bias = [0, 5],
            Scale = [1f, 0.5f],
            ZeroPoint = 1,
        };

        // Row 0: 3 + 30 = 33; (8 + 80 + 5) / 2 = 46.5. Row 1: 10 + 3 = 13; (40 + 8 + 5) / 2 = 26.5.
        Assert.Equal(new sbyte[] { 34, 47, 14, 27 }, problem.Run(DepthwiseS8Kernels.All[^1]));
    }

    [Fact]
    public void MatchesExactArithmetic()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            DepthwiseS8Case problem = DepthwiseS8Case.Random(new Random(seed));
            sbyte[] actual = problem.Run(DepthwiseS8Kernels.All[^1]);
            for (int i = 0; i < actual.Length; i++)
            {
                Assert.Equal(Exact(problem, i / problem.Channels, i % problem.Channels), actual[i]);
            }
        }
    }

    private static int Exact(DepthwiseS8Case p, int row, int channel)
    {
        long sum = p.Bias[channel];
        for (int tap = 0; tap < p.Taps; tap++)
        {
            int source = p.Table == null ? row : p.Table[row * p.Taps + tap];
            sum += (long)p.Weights[tap * p.Channels + channel] * (source < 0 ? p.Padding[channel] : p.Input[source * p.InputStride + channel]);
        }

        return ExactRequantize.Apply(sum, p.Scale[channel], p.ZeroPoint, p.Min, p.Max);
    }
}
