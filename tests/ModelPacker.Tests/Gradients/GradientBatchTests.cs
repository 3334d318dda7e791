using EdgeRuntime.Bundles;
using EdgeRuntime.Tests.Shared.Bundles;
using ModelPacker.Gradients;
using ModelPacker.Gradients.Losses;
using ModelPacker.Perforate;

namespace ModelPacker.Tests.Gradients;

public class GradientBatchTests
{
    private const int Pictures = 11;

    [Fact]
    public void IsTheSameEveryTimeWhateverTheTiming()
    {
        using Bundle bundle = RandomNetwork.Create(5);
        (double loss, float[] gradients) = Run(bundle, 1, 2, 2);
        for (int i = 0; i < 5; i++)
        {
            (double again, float[] same) = Run(bundle, 1, 2, 2);
            Assert.Equal(loss, again);
            Assert.Equal(gradients, same);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(3, 4)]
    [InlineData(2, 40)]
    public void ThreadsAndPicturesPerRunChangeRoundingOnly(int threads, int picturesPerRun)
    {
        for (int seed = 0; seed < 8; seed++)
        {
            using Bundle bundle = RandomNetwork.Create(seed);
            for (int point = 0; point < 3; point++)
            {
                (double expected, float[] gradients) = Run(bundle, point, 1, Pictures);
                (double actual, float[] others) = Run(bundle, point, threads, picturesPerRun);
                Assert.Equal(expected, actual, 1e-5 * Math.Max(1, Math.Abs(expected)));
                float scale = gradients.Max(MathF.Abs);
                Assert.All(gradients.Zip(others), pair => Assert.True(Math.Abs(pair.First - pair.Second) <= 1e-4 * scale, $"{pair.First} and {pair.Second}"));
            }
        }
    }

    [Fact]
    public void ObserversSeeAccumulatorsAndTheirGradients()
    {
        NetworkBuilder net = new(3);
        int conv = net.Convolution(net.Input(ElementType.F32, 5, 4, 3), 3, 1, 6);
        int depthwise = net.Depthwise(conv, 3, 1);
        net.Output(net.GlobalAverage(depthwise));
        using Bundle dense = net.Build();
        PointAssembler assembler = new(dense);
        assembler.Add("sparse", new Perforator(dense).Compile(new Dictionary<int, Support> { [0] = new MaskMaker(5, 4).Make(MaskKind.Uniform, 0.5, 1) }));
        using Bundle bundle = assembler.Build([]);
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions());
        float[] values = new float[2 * Pictures * bundle.Points[1].Rows[conv] * 6];
        float[] gradients = new float[values.Length];
        int seen = 0;
        using GradientBatch batch = new(network, 2, 3, new RunOptions
        {
            WatchedSteps = new HashSet<int> { 0, 1 },
            Observer = (step, first, pictures, v, g) =>
            {
                if (step == 0)
                {
                    v.CopyTo(values.AsSpan(first * v.Length / pictures));
                    g.CopyTo(gradients.AsSpan(first * g.Length / pictures));
                    Interlocked.Add(ref seen, pictures);
                }
            },
        });
        batch.Accumulate(1, [GradientCheck.Fill(new Random(1), Pictures * 60)], Pictures, new Projection(1));
        Assert.Equal(Pictures, seen);

        // Σ ∂L/∂V is the gradient of the bias, Σ V · ∂L/∂V that of a factor of all that leads to V.
        Parameter weights = network.Parameters.Single(p => p.Step == 0 && p.Kind == ParameterKind.Weights);
        Parameter bias = network.Parameters.Single(p => p.Step == 0 && p.Kind == ParameterKind.Bias);
        for (int n = 0; n < 6; n++)
        {
            Assert.Equal(bias.Gradient[n], Enumerable.Range(0, gradients.Length / 6).Sum(i => (double)gradients[(i * 6) + n]), 1e-5);
        }

        double factor = weights.Values.Zip(weights.Gradient, (w, g) => (double)w * g).Sum() + bias.Values.Zip(bias.Gradient, (b, g) => (double)b * g).Sum();
        Assert.Equal(factor, values.Zip(gradients, (v, g) => (double)v * g).Sum(), 1e-5);
    }

    [Fact]
    public void ErrorsOfLossesReachTheCaller()
    {
        using Bundle bundle = StepScenes.Create("fully connected", 1);
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions());
        using GradientBatch batch = new(network, 2, 1);
        ArgumentException e = Assert.Throws<ArgumentException>(() => batch.Accumulate(0, [new float[2 * 36]], 2, new SoftmaxCrossEntropy([0, 7])));
        Assert.Contains("Picture 1 has class 7", e.Message);
    }

    private static (double Loss, float[] Gradients) Run(Bundle bundle, int point, int threads, int picturesPerRun)
    {
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions());
        using GradientBatch batch = new(network, threads, picturesPerRun);
        int elements = bundle.Points[point].Rows[bundle.Inputs[0].Map] * bundle.Maps[bundle.Inputs[0].Map].Channels;
        double loss = batch.Accumulate(point, [GradientCheck.Fill(new Random(3), Pictures * elements)], Pictures, new Projection(1));
        return (loss, [.. network.Parameters.SelectMany(p => p.Gradient)]);
    }
}
