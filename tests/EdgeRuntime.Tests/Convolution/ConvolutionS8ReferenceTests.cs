using System.Runtime.InteropServices;
using EdgeRuntime.Kernels.Convolution;
using EdgeRuntime.Tests.Shared.Kernels;
using Xunit;

namespace EdgeRuntime.Tests.Convolution;

/// <summary>The oracle itself: literal results worked out by hand, then a second computation in exact arithmetic.</summary>
public sealed class ConvolutionS8ReferenceTests
{
    private static readonly ConvolutionS8Reference Reference = new();

    [Fact]
    public void OneTapWithoutTable()
    {
        ConvolutionS8Case problem = Small(channels: 2, input: [1, 2, 3, -4], weights: [5, -6], bias: 7, scale: 0.5f, zeroPoint: 3);
        Assert.Equal(new sbyte[] { 3, 26 }, problem.Run(Reference));
    }

    [Fact]
    public void HalvesGoToTheEvenNeighbourBeforeTheZeroPoint()
    {
        ConvolutionS8Case problem = Small(channels: 1, input: [1, 3, 5, -1, -3, -5], weights: [1], bias: 0, scale: 0.5f, zeroPoint: 1);
        Assert.Equal(new sbyte[] { 1, 3, 3, 1, -1, -1 }, problem.Run(Reference));
    }

    [Fact]
    public void ClampIsInQuantisedUnits()
    {
        ConvolutionS8Case problem = Small(channels: 1, input: [-128, -20, 0, 20, 127], weights: [127], bias: 0, scale: 0.01f, zeroPoint: -10, min: -10, max: 50);
        Assert.Equal(new sbyte[] { -10, -10, -10, 15, 50 }, problem.Run(Reference));
    }

    [Fact]
    public void FloatOutputIsNeitherRoundedNorShifted()
    {
        ConvolutionS8Case problem = Small(channels: 1, input: [1, -3, 5, 100], weights: [1], bias: 0, scale: 0.375f, zeroPoint: 9, min: -1, max: float.PositiveInfinity, floats: true);
        Assert.Equal(new[] { 0.375f, -1f, 1.875f, 37.5f }, Real(problem));
    }

    [Fact]
    public void SentinelsReadThePaddingRowAndTapsKeepTheirOrder()
    {
        var problem = new ConvolutionS8Case
        {
            Taps = 2,
            Channels = 2,
            Outputs = 2,
            Rows = 2,
            InputStride = 3,
            OutputStride = 2,
            Input = [1, 2, 99, 3, 4, 99],
            Padding = [10, 20],
            Table = [1, -1, -1, 0],
            Weights = [1, 2, 3, 4, -1, 0, 0, 1],
            Bias = [0, 5],
            Scale = [1f, 1f],
        };

        // Row 0: 3 + 8 + 30 + 80 = 121; -3 + 20 + 5 = 22. Row 1: 10 + 40 + 3 + 8 = 61; -10 + 2 + 5 = -3.
        Assert.Equal(new sbyte[] { 121, 22, 61, -3 }, problem.Run(Reference));
    }

    [Fact]
    public void MatchesExactArithmetic()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            ConvolutionS8Case problem = ConvolutionS8Case.Random(new Random(seed));
            if (problem.Floats)
            {
                float[] real = Real(problem);
                for (int i = 0; i < real.Length; i++)
                {
                    Assert.Equal(ExactReal(problem, i / problem.Outputs, i % problem.Outputs), real[i]);
                }

                continue;
            }

            sbyte[] actual = problem.Run(Reference);
            for (int i = 0; i < actual.Length; i++)
            {
                Assert.Equal(Exact(problem, i / problem.Outputs, i % problem.Outputs), actual[i]);
            }
        }
    }

    private static float[] Real(ConvolutionS8Case problem) => MemoryMarshal.Cast<sbyte, float>(problem.Run(Reference)).ToArray();

    private static int Exact(ConvolutionS8Case p, int row, int output)
        => ExactRequantize.Apply(Sum(p, row, output), p.Scale[output], p.ZeroPoint, p.Min, p.Max);

    private static float ExactReal(ConvolutionS8Case p, int row, int output)
        => Math.Clamp((float)((double)(float)(int)Sum(p, row, output) * p.Scale[output]), p.Min, p.Max);

    private static long Sum(ConvolutionS8Case p, int row, int output)
    {
        long sum = p.Bias[output];
        int depth = p.Taps * p.Channels;
        for (int k = 0; k < depth; k++)
        {
            int source = p.Table == null ? row : p.Table[row * p.Taps + k / p.Channels];
            int channel = k % p.Channels;
            sum += (long)p.Weights[output * depth + k] * (source < 0 ? p.Padding[channel] : p.Input[source * p.InputStride + channel]);
        }

        return sum;
    }

    private static ConvolutionS8Case Small(
        int channels, sbyte[] input, sbyte[] weights, int bias, float scale, int zeroPoint, float min = -128, float max = 127,
        bool floats = false) => new()
        {
            Taps = 1,
            Channels = channels,
            Outputs = 1,
            Rows = input.Length / channels,
            InputStride = channels,
            OutputStride = 1,
            Input = input,
            Padding = new sbyte[channels],
            Weights = weights,
            Bias = [bias],
            Scale = [scale],
            ZeroPoint = zeroPoint,
            Min = min,
            Max = max,
            Floats = floats,
        };
}
