using System.Runtime.InteropServices;
using EdgeRuntime.Bundles;
using EdgeRuntime.Sessions;
using Xunit;

namespace EdgeRuntime.Tests.Sessions;

/// <summary>A bundle whose only step is an int8 convolution that answers in fp32.</summary>
public sealed class RealOutputTests
{
    private const int Rows = 5;
    private const int Channels = 6;
    private const int Outputs = 10;
    private const int Groups = 2;
    private const int ZeroPoint = 3;

    private readonly sbyte[] _weights = Values(Outputs * Channels / Groups, 7, 127);
    private readonly int[] _bias = [.. Values(Outputs, 11, 100).Select(v => v * 3)];
    private readonly float[] _scales = [.. Values(Outputs, 13, 100).Select(v => (Math.Abs(v) + 1) / 1024f)];

    [Theory]
    [InlineData(float.NegativeInfinity, float.PositiveInfinity)]
    [InlineData(0f, 6f)]
    public void EqualsANaiveComputation(float minimum, float maximum)
    {
        using EdgeModel model = EdgeModel.Load(Bundle(ElementType.F32, minimum, maximum));
        using Session session = model.CreateSession();
        sbyte[] x = Values(Rows * Channels, 17, 128);
        session.SetInput(0, Array.ConvertAll(x, v => (v - ZeroPoint) * 0.5f));
        session.Run();
        float[] y = new float[Rows * Outputs];
        session.GetOutput(0, y);
        for (int i = 0; i < y.Length; i++)
        {
            int n = i % Outputs;
            int sum = _bias[n];
            for (int c = 0; c < Channels / Groups; c++)
            {
                int first = n / (Outputs / Groups) * (Channels / Groups);
                sum += _weights[(n * Channels / Groups) + c] * x[(i / Outputs * Channels) + first + c];
            }

            Assert.Equal(Math.Clamp(sum * _scales[n], minimum, maximum), y[i]);
        }

        Assert.Equal("convolution-s8", session.Steps[0].Kind);
    }

    [Fact]
    public void InfiniteClampIsForRealNumbersOnly()
    {
        using Bundle bundle = Bundle(ElementType.S8, float.NegativeInfinity, float.PositiveInfinity);
        Assert.Contains("clamps", Assert.Throws<BundleException>(() => BundleValidator.Validate(bundle)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ScalesAreNeeded()
    {
        Bundle bundle = Bundle(ElementType.F32, 0, 1);
        bundle.Steps[0] = (ConvolutionStep)bundle.Steps[0] with { Scales = -1 };
        Assert.Throws<BundleException>(() => BundleValidator.Validate(bundle));
    }

    private Bundle Bundle(ElementType output, float minimum, float maximum)
    {
        byte[] section = new byte[256];
        MemoryMarshal.AsBytes(_weights.AsSpan()).CopyTo(section);
        MemoryMarshal.AsBytes(_bias.AsSpan()).CopyTo(section.AsSpan(128));
        MemoryMarshal.AsBytes(_scales.AsSpan()).CopyTo(section.AsSpan(192));
        return new Bundle
        {
            Name = "real",
            Producer = "test",
            Maps = [new Map("x", Channels, ElementType.S8, 0.5f, ZeroPoint), new Map("y", Outputs, output)],
            Steps = [new ConvolutionStep("fc", [0], 1, 1, Groups, 0, 1, 2, minimum, maximum)],
            Tables = [],
            Blobs = [new Blob(ElementType.S8, 0, _weights.Length), new Blob(ElementType.S32, 128, Outputs), new Blob(ElementType.F32, 192, Outputs)],
            Weights = new MemoryWeightSource(section),
            Points = [new OperatingPoint { Name = "dense", Rows = [Rows, Rows], Tables = [[-1]] }],
            Inputs = [new Port("x", 0, [Rows, Channels], 1)],
            Outputs = [new Port("y", 1, [Rows, Outputs], 1)],
        };
    }

    private static sbyte[] Values(int count, int seed, int bound)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (sbyte)random.Next(1 - bound, bound))];
    }
}
