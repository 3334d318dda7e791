using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels.Elementwise;
using EdgeRuntime.Tests.Shared.Bundles;
using ModelPacker.Finetune;
using ModelPacker.Gradients;

namespace ModelPacker.Tests.Gradients;

/// <summary>Steps that are normalised over the pictures of a run, and the weights that they are folded into.</summary>
public class NormalizationTests
{
    private const int Pictures = 6;

    // Nothing that is normalised is read without an activation by what is normalised again: the bias in between has no gradient but rounding.
    private static readonly Dictionary<string, Func<NetworkBuilder, int>> _networks = new()
    {
        ["convolutions"] = n => n.Convolution(n.Convolution(Rectified(n, n.Input(ElementType.F32, 7, 5, 3)), 3, 2, 37), 3, 1, 5),
        ["without table"] = n => n.Convolution(n.Convolution(n.Input(ElementType.F32, 3, 5, 19), 1, 1, 33), 1, 1, 6),
        ["groups"] = n => n.GlobalAverage(n.Convolution(n.Convolution(n.Input(ElementType.F32, 5, 5, 4), 3, 1, 12, 2), 3, 1, 6, 3)),
        ["depthwise"] = n => n.Convolution(n.Depthwise(Rectified(n, n.Input(ElementType.F32, 6, 7, 19)), 3, 2), 1, 1, 4),
        ["residual"] = Residual,
    };

    public static TheoryData<string> Networks => new(_networks.Keys);

    [Theory]
    [MemberData(nameof(Networks))]
    public void GradientsAreThoseOfTheLoss(string kind)
    {
        for (int seed = 0; seed < 3; seed++)
        {
            using Bundle bundle = Create(kind, seed);
            GradientCheck.Run(bundle, 0, seed, corners: true, normalize: true);
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void MapsHaveTheMeanOfTheBiasAndTheDeviationOfTheGain(string kind)
    {
        using Bundle bundle = Create(kind, 3);
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions { Normalize = true });
        int[] normalized = [.. network.StepParameters.Where(p => p.Value.RunningMean is not null).Select(p => p.Key)];
        Assert.NotEmpty(normalized);
        foreach (int step in normalized)
        {
            network.StepParameters[step].Gain!.Values[0] = 3;
        }

        using GradientRun run = network.CreateRun(0, Pictures, new RunOptions { KeepMaps = normalized.Select(s => bundle.Steps[s].Output).ToHashSet() });
        Feed(run, 1);
        foreach (int step in normalized.Where(s => bundle.Steps[s] is not ConvolutionStep { Minimum: 0 }))
        {
            int channels = network.StepParameters[step].Outputs;
            float[] map = run.Map(bundle.Steps[step].Output).ToArray();
            for (int n = 0; n < channels; n++)
            {
                float[] channel = [.. map.Where((_, i) => i % channels == n)];
                double mean = channel.Average(v => (double)v);
                Assert.Equal(network.StepParameters[step].Bias.Values[n], mean, 1e-4);
                int gain = n == 0 ? 3 : 1;
                Assert.Equal(gain, Math.Sqrt(channel.Average(v => (v - mean) * (v - mean))), gain * 1e-3);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void WeightsThatTheyAreFoldedIntoAnswerAlike(string kind)
    {
        using Bundle bundle = Create(kind, 5);
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions { Normalize = true });
        foreach (StepParameters p in network.StepParameters.Values.Where(p => p.Gain is not null))
        {
            GradientCheck.Fill(new Random(4), p.Outputs).CopyTo(p.Gain!.Values, 0);
        }

        using GradientBatch batch = new(network, 1, Pictures);
        float[] pictures = GradientCheck.Fill(new Random(2), Pictures * bundle.Points[0].Rows[0] * bundle.Maps[0].Channels);
        float[] expected = [];
        batch.Forward(0, [pictures], Pictures, (run, _) => expected = run.Output(0).ToArray());
        batch.MeasureNormalization(0, [([pictures], Pictures)]);

        // Not normalised any more.
        using Bundle folded = TrainedBundle.Build(network, []);
        AssertNear(expected, Answers(folded, pictures));
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void WeightsThatHaveLearnedBeginWithTheAnswersThatTheyGave(string kind)
    {
        using Bundle bundle = Create(kind, 5);
        float[] pictures = GradientCheck.Fill(new Random(2), Pictures * bundle.Points[0].Rows[0] * bundle.Maps[0].Channels);
        float[] expected = Answers(bundle, pictures);
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions { Normalize = true });
        using GradientBatch batch = new(network, 1, Pictures);
        batch.BeginNormalization(0, [([pictures], Pictures)]);

        // While it learns and folded.
        batch.Forward(0, [pictures], Pictures, (run, _) => AssertNear(expected, run.Output(0).ToArray()));
        using Bundle folded = TrainedBundle.Build(network, []);
        AssertNear(expected, Answers(folded, pictures));
        Assert.Contains(network.StepParameters.Values, p => p.Gain is { } gain && gain.Values.Any(g => Math.Abs(g - 1) > 0.1));

        // What weights are multiplied by is of no importance any more.
        StepParameters first = network.StepParameters.Values.First(p => p.Gain is not null);
        for (int i = 0; i < first.Weights.Values.Length; i++)
        {
            first.Weights.Values[i] *= 5;
        }

        network.ParametersChanged();
        batch.Forward(0, [pictures], Pictures, (run, _) => AssertNear(expected, run.Output(0).ToArray(), 1e-3f));
    }

    [Fact]
    public void RunsOfSeveralThreadsAreMeasuredTogether()
    {
        using Bundle bundle = Create("convolutions", 5);
        float[] pictures = GradientCheck.Fill(new Random(2), Pictures * bundle.Points[0].Rows[0] * bundle.Maps[0].Channels);
        (float[] mean, float[] deviation) = Measured(1, Pictures);
        (float[] others, float[] theirs) = Measured(2, 2);
        Assert.All(mean.Zip(others), p => Assert.Equal(p.First, p.Second, 1e-5f));
        Assert.All(deviation.Zip(theirs), p => Assert.Equal(p.First, p.Second, 1e-5f));
        Assert.Contains(deviation, d => Math.Abs(d - 1) > 0.1);

        (float[] Mean, float[] Deviation) Measured(int threads, int picturesPerRun)
        {
            using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions { Normalize = true });
            using GradientBatch batch = new(network, threads, picturesPerRun);
            batch.MeasureNormalization(0, [([pictures], Pictures)]);
            StepParameters first = network.StepParameters[0];
            return (first.RunningMean!.Values, first.RunningDeviation!.Values);
        }
    }

    [Fact]
    public void AChannelThatIsTheSameEverywhereStaysFinite()
    {
        using Bundle bundle = Create("convolutions", 5);
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions { Normalize = true });
        Array.Clear(network.StepParameters[0].Weights.Values);
        network.ParametersChanged();
        using GradientRun run = network.CreateRun(0, Pictures);
        Feed(run, 1);
        run.SeedGradient(network.LogitsMap(0)).Fill(1);
        run.Backward();
        run.CollectGradients();
        Assert.All(run.Output(0).ToArray(), v => Assert.True(float.IsFinite(v)));
        Assert.All(network.Parameters.SelectMany(p => p.Gradient), g => Assert.True(float.IsFinite(g)));
    }

    [Fact]
    public void TheLastWeightsBeforeAnOutputAreFree()
    {
        using Bundle bundle = Create("groups", 1);
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions { Normalize = true });
        Assert.NotNull(network.StepParameters[0].RunningMean);
        Assert.Null(network.StepParameters[1].RunningMean);
    }

    private static float[] Answers(Bundle bundle, float[] pictures)
    {
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions());
        using GradientRun run = network.CreateRun(0, Pictures);
        pictures.CopyTo(run.Input(0));
        run.Forward(Pictures);
        return run.Output(0).ToArray();
    }

    private static void AssertNear(float[] expected, float[] actual, float share = 2e-5f)
    {
        float tolerance = share * expected.Max(MathF.Abs);
        Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, tolerance));
    }

    private static void Feed(GradientRun run, int seed)
    {
        GradientCheck.Fill(new Random(seed), run.Input(0).Length).CopyTo(run.Input(0));
        run.Forward(Pictures);
    }

    private static Bundle Create(string kind, int seed)
    {
        NetworkBuilder net = new(seed);
        net.Output(_networks[kind](net));
        return net.Build();
    }

    private static int Rectified(NetworkBuilder net, int map)
    {
        (int height, int width) = net.Extent(map);
        int channels = net.Maps[map].Channels;
        return net.Add(new ConvolutionStep("relu", [map], net.AddMap(ElementType.F32, height, width, 9), 1, 1, net.Floats(9 * channels, channels), net.Floats(9), -1, 0, float.PositiveInfinity));
    }

    private static int Residual(NetworkBuilder net)
    {
        int first = Rectified(net, net.Input(ElementType.F32, 4, 5, 3));
        return net.Convolution(net.Binary(first, net.Convolution(first, 3, 1, 9), BinaryFunction.Add), 1, 1, 4);
    }
}
