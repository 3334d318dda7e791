using EdgeRuntime.Bundles;
using EdgeRuntime.Maps;
using EdgeRuntime.Tests.Shared.Bundles;
using ModelPacker.Gradients;

namespace ModelPacker.Tests.Gradients;

public class StraightThroughTests
{
    // Channel n of the output is weight n · input, in units of 0.05 with zero point -3.
    private static Bundle Line(float minimum, float maximum)
    {
        NetworkBuilder net = new(1);
        int input = net.Input(ElementType.F32, 1, 1, 1);
        int rounded = net.AddMap(ElementType.S8, 1, 1, 1);
        net.Add(new ConvertStep("round", [input], rounded));
        int output = net.AddMap(ElementType.S8, 1, 1, 3);
        net.Output(net.Add(new ConvolutionStep("line", [rounded], output, 1, 1, net.Blob<sbyte>([100, -50, 1]), net.Blob<int>([300, -150, 3]),
            net.Blob<float>([0.01f, 0.01f, 0.01f]), minimum, maximum)));
        return net.Build();
    }

    [Theory]
    [InlineData(1.012f, 1.0f, 0)]
    [InlineData(-0.02f, 0, 1)]
    [InlineData(0.024f, 0, 0)]
    [InlineData(9f, 6.5f, 0)]
    public void MapsAreRoundedAndGradientsPassWithinTheRange(float x, float expected, int blocked)
    {
        // Units of the output: [x / 0.05] · weight · 0.01, clamped to [-3, 127] with zero point -3: nothing below 0, at most 6.5.
        using Bundle bundle = Line(-3, 127);
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions { FakeQuantize = true, InputGradients = true });
        using GradientRun run = network.CreateRun(0, 1);
        run.Input(0)[0] = x;
        run.Forward(1);
        Assert.Equal(expected, run.Output(0)[0], 1e-5);
        run.SeedGradient(bundle.Outputs[0].Map).Fill(1);
        run.Backward();
        run.CollectGradients();

        // Weights in real units are 1, -0.5 and 0.01. Negative results and those at zero are held by the clamp.
        float rounded = Math.Clamp(MathF.Round(x / 0.05f), -125, 130) * 0.05f;
        bool first = rounded > 0 && blocked == 0;
        float[] gradient = network.Parameters.Single(p => p.Kind == ParameterKind.Weights).Gradient;
        Assert.Equal(first && rounded < 6.5f ? rounded : 0, gradient[0], 1e-5);
        Assert.Equal(rounded < 0 ? rounded : 0, gradient[1], 1e-5);
    }

    [Fact]
    public void WhatIsJustAboveTheLowerBoundPasses()
    {
        // The last channel is 0.01 · 1 = 0.2 units, which is rounded to the bound, but is not held by it.
        using Bundle bundle = Line(-3, 127);
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions { FakeQuantize = true });
        using GradientRun run = network.CreateRun(0, 1);
        run.Input(0)[0] = 1;
        run.Forward(1);
        Assert.Equal(0, run.Output(0)[2]);
        run.SeedGradient(bundle.Outputs[0].Map).Fill(1);
        run.Backward();
        run.CollectGradients();
        Assert.Equal([1, 0, 1], Array.ConvertAll(network.Parameters.Single(p => p.Kind == ParameterKind.Weights).Gradient, g => MathF.Round(g, 5)));
    }

    [Fact]
    public void WeightsAreRoundedToTheirUnits()
    {
        using Bundle bundle = Line(-128, 127);
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions { FakeQuantize = true });
        Parameter weights = network.Parameters.Single(p => p.Kind == ParameterKind.Weights);
        Assert.All(weights.Units!, u => Assert.Equal(0.01f, u, 1e-7));
        weights.Values[0] = 0.996f;
        weights.Values[1] = -7;
        network.ParametersChanged();
        using GradientRun run = network.CreateRun(0, 1);
        run.Input(0)[0] = 2;
        run.Forward(1);
        Assert.Equal(2, run.Output(0)[0], 1e-5);
        Assert.Equal(-2.55f, run.Output(0)[1], 0.026);
    }

    [Fact]
    public void LookupsTakeTheSlopeBetweenBothNeighbours()
    {
        NetworkBuilder net = new(1);
        int input = net.Input(ElementType.S8, 1, 1, 1);
        int square = net.AddMap(ElementType.S8, 1, 1, 1, 0.1f, 0);
        sbyte[] table = [.. Enumerable.Range(-128, 256).Select(q => (sbyte)Math.Min(127, (q + 3) * (q + 3) / 10))];
        net.Output(net.Add(new LookupStep("square", [input], square, net.Blob(table)), new GatherTable?[] { null }));
        using Bundle bundle = net.Build();
        foreach (bool round in (bool[])[true, false])
        {
            using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions { FakeQuantize = round, InputGradients = true });
            using GradientRun run = network.CreateRun(0, 1);
            run.Input(0)[0] = 10.4f * 0.05f;
            run.Forward(1);

            // Ten and eleven units: 10.0 and 12.1 tenths, cut to whole units.
            Assert.Equal(round ? 1.0f : 1.0f + (0.4f * 0.2f), run.Output(0)[0], 1e-5);
            run.SeedGradient(bundle.Outputs[0].Map).Fill(1);
            run.Backward();

            // Nine and eleven are 8 and 12 units.
            Assert.Equal(round ? (1.2f - 0.8f) / 0.1f : 0.2f / 0.05f, run.MapGradient(input)[0], 1e-4);
        }
    }
}
