using EdgeRuntime.Bundles;
using Google.Protobuf;
using ModelPacker.Finetune;
using ModelPacker.Gradients;
using ModelPacker.Import;
using ModelPacker.Train;

namespace ModelPacker.Tests.Finetune;

[Collection(TunedNetworkCollection.Name)]
public sealed class RelativeAdamTests(TunedNetwork tuned)
{
    private static readonly FinetuneOptions Plain = new() { Points = [0], WeightDecay = 0, MostNorm = 1e9f, Optimizer = OptimizerKind.Adam };

    // The first step of Adam is the sign of the gradient; here times the rate and the root mean square of the channel.
    [Theory]
    [InlineData(1f)]
    [InlineData(1e-4f)]
    [InlineData(-300f)]
    public void TheFirstStepIsAShareOfTheChannel(float gradient)
    {
        using Bundle bundle = BundleReader.Open(tuned.Bundle);
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions());
        StepParameters layer = network.StepParameters.First(p => p.Value is { Outputs: > 2, Depth: > 2 }).Value;
        int[] channel = [.. Enumerable.Range(0, layer.Depth).Select(k => (int)layer.IndexOf(1, k))];
        float[] values = [.. layer.Weights.Values];
        double scale = Math.Sqrt(channel.Average(i => (double)values[i] * values[i]));
        layer.Weights.Gradient[channel[0]] = gradient;
        Assert.True(Optimizer.Of(network, Plain).Step(0.01f));
        Assert.Equal(values[channel[0]] - (Math.Sign(gradient) * 0.01 * scale), layer.Weights.Values[channel[0]], 1e-4 * scale);
        Assert.Equal(values[channel[1]], layer.Weights.Values[channel[1]]);
    }

    // What batch normalisation folded into a channel makes no difference: a channel a hundred times as large, with gradients a hundredth, takes steps a hundred times as long.
    [Fact]
    public void AFactorOfAChannelChangesNothing()
    {
        float[] plain = Moves(1);
        float[] scaled = Moves(100);
        Assert.All(plain.Zip(scaled), p => Assert.Equal(p.First * 100, p.Second, 1e-3f * 100 * plain.Max(Math.Abs)));
        Assert.True(plain.Max(Math.Abs) > 1e-5f);
    }

    [Fact]
    public void WeightsDecayByThemselves()
    {
        using Bundle bundle = BundleReader.Open(tuned.Bundle);
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions());
        Parameter weights = network.Parameters.First(p => p.Kind == ParameterKind.Weights);
        Parameter bias = network.Parameters.First(p => p.Kind == ParameterKind.Bias);
        (float weight, float summand) = (weights.Values[0], bias.Values[0]);
        Assert.True(new RelativeAdam(network, Plain with { WeightDecay = 0.1f }).Step(0.5f));
        Assert.Equal(weight * 0.95f, weights.Values[0], 1e-6);
        Assert.Equal(summand, bias.Values[0]);
    }

    [Fact]
    public void NothingMovesAlongWhatIsNoNumber()
    {
        using Bundle bundle = BundleReader.Open(tuned.Bundle);
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions());
        ParameterValues before = ParameterValues.Of(network);
        network.Parameters[0].Gradient[0] = float.NaN;
        RelativeAdam adam = new(network, Plain);
        Assert.False(adam.Step(0.1f));
        Assert.Equal(before.Values, network.Parameters.Select(p => p.Values));
        Assert.All(adam.State.SelectMany(v => v), v => Assert.Equal(0, v));
    }

    // A layer of several pieces, the last one shorter.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void EveryChannelOfALargeLayerMovesByItself(int threads)
    {
        const int Inputs = 700;
        const int Outputs = 101;
        using TestFolder folder = new();
        File.WriteAllBytes(folder.File("large.onnx"), new OnnxBuilder().Input("x", 1, Inputs).Weights("w", Outputs, Inputs).Node("Gemm", "x w", "y", ("transB", 1)).Output("y").Model.ToByteArray());
        using Bundle bundle = TrainableModel.Open(folder.File("large.onnx"), new ImportOptions()).ToBundle(File.ReadAllBytes(tuned.Folder.File("net.json")));
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions());
        StepParameters layer = Assert.Single(network.StepParameters).Value;
        float[] before = [.. layer.Weights.Values];
        Assert.Equal(Inputs * Outputs, before.Length);
        Fill(network, 3, 1);
        Assert.True(Optimizer.Of(network, Plain with { Threads = threads }).Step(0.01f));
        for (int n = 0; n < Outputs; n++)
        {
            int[] channel = [.. Enumerable.Range(0, Inputs).Select(k => (int)layer.IndexOf(n, k))];
            double scale = Math.Sqrt(channel.Average(i => (double)before[i] * before[i]));
            Assert.All(channel, i => Assert.Equal(before[i] - (Math.Sign(layer.Weights.Gradient[i]) * 0.01 * scale), layer.Weights.Values[i], 1e-4 * scale));
        }
    }

    // What a checkpoint keeps is all that the next step needs.
    [Fact]
    public void ItsStateIsAllThatItRemembers()
    {
        using Bundle bundle = BundleReader.Open(tuned.Bundle);
        using GradientNetwork first = GradientNetwork.Create(bundle, new GradientOptions());
        using GradientNetwork second = GradientNetwork.Create(bundle, new GradientOptions());
        Optimizer one = Optimizer.Of(first, Plain);
        for (int i = 0; i < 3; i++)
        {
            Fill(first, i, 1);
            Assert.True(one.Step(0.01f));
        }

        ParameterValues.Of(first).CopyTo(second);
        Optimizer other = Optimizer.Of(second, Plain);
        for (int i = 0; i < other.State.Length; i++)
        {
            one.State[i].CopyTo(other.State[i], 0);
        }

        foreach ((GradientNetwork network, Optimizer optimizer) in new[] { (first, one), (second, other) })
        {
            Fill(network, 7, 1);
            Assert.True(optimizer.Step(0.01f));
        }

        Assert.Equal(first.Parameters.Select(p => p.Values), second.Parameters.Select(p => p.Values));
    }

    private static void Fill(GradientNetwork network, int seed, float factor)
    {
        Random random = new(seed);
        foreach (Parameter p in network.Parameters)
        {
            for (int i = 0; i < p.Gradient.Length; i++)
            {
                p.Gradient[i] = factor * (random.NextSingle() - 0.5f);
            }
        }
    }

    // Of one channel, over a few steps.
    private float[] Moves(float factor)
    {
        using Bundle bundle = BundleReader.Open(tuned.Bundle);
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions());
        StepParameters layer = network.StepParameters.First(p => p.Value is { Outputs: > 2, Depth: > 2 }).Value;
        int[] channel = [.. Enumerable.Range(0, layer.Depth).Select(k => (int)layer.IndexOf(1, k))];
        Array.ForEach(channel, i => layer.Weights.Values[i] *= factor);
        float[] before = [.. channel.Select(i => layer.Weights.Values[i])];
        Optimizer adam = Optimizer.Of(network, Plain);
        for (int s = 0; s < 4; s++)
        {
            Random random = new(s);
            Array.ForEach(channel, i => layer.Weights.Gradient[i] = (random.NextSingle() - 0.5f) / factor);
            Assert.True(adam.Step(0.01f));
        }

        return [.. channel.Select((i, k) => layer.Weights.Values[i] - before[k])];
    }
}
