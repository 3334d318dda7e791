using EdgeRuntime.Bundles;
using ModelPacker.Finetune;
using ModelPacker.Gradients;

namespace ModelPacker.Tests.Finetune;

[Collection(TunedNetworkCollection.Name)]
public sealed class MomentumSgdTests(TunedNetwork tuned)
{
    private static readonly FinetuneOptions Plain = new() { Points = [0], Momentum = 0.5f, WeightDecay = 0, MostNorm = 1000 };

    [Fact]
    public void VelocitiesAddUp()
    {
        (float moved, float second) = Moves(Plain, 2);
        Assert.Equal(-0.1f * 2, moved, 1e-5);

        // The same gradient again: v = 0.5 · 2 + 2.
        Assert.Equal(-0.1f * 3, second, 1e-5);
    }

    [Fact]
    public void LongGradientsAreShortened()
    {
        (float moved, _) = Moves(Plain with { MostNorm = 0.5f }, 2);
        Assert.Equal(-0.1f * 0.5f, moved, 1e-5);
    }

    [Fact]
    public void WeightsDecayAndBiasesDoNot()
    {
        using Bundle bundle = BundleReader.Open(tuned.Bundle);
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions());
        MomentumSgd sgd = new(network, Plain with { WeightDecay = 0.1f });
        Parameter weights = network.Parameters.First(p => p.Kind == ParameterKind.Weights);
        Parameter bias = network.Parameters.First(p => p.Kind == ParameterKind.Bias);
        (float weight, float summand) = (weights.Values[0], bias.Values[0]);
        Assert.True(sgd.Step(0.5f));
        Assert.Equal(weight * 0.95f, weights.Values[0], 1e-6);
        Assert.Equal(summand, bias.Values[0]);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void NothingMovesAlongWhatIsNoNumber(float gradient)
    {
        using Bundle bundle = BundleReader.Open(tuned.Bundle);
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions());
        ParameterValues before = ParameterValues.Of(network);
        network.Parameters[0].Gradient[0] = gradient;
        network.Parameters[1].Gradient[0] = 1;
        MomentumSgd sgd = new(network, Plain);
        Assert.False(sgd.Step(0.1f));
        Assert.Equal(before.Values, network.Parameters.Select(p => p.Values));
        Assert.All(sgd.State.SelectMany(v => v), v => Assert.Equal(0, v));
    }

    private (float First, float Second) Moves(FinetuneOptions options, float gradient)
    {
        using Bundle bundle = BundleReader.Open(tuned.Bundle);
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions());
        MomentumSgd sgd = new(network, options);
        Parameter bias = network.Parameters.First(p => p.Kind == ParameterKind.Bias);
        bias.Gradient[0] = gradient;
        float start = bias.Values[0];
        Assert.True(sgd.Step(0.1f));
        float after = bias.Values[0];
        Assert.True(sgd.Step(0.1f));
        return (after - start, bias.Values[0] - after);
    }
}
