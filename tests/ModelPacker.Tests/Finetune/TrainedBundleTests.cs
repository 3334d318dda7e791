using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Sessions;
using ModelPacker.Finetune;
using ModelPacker.Gradients;

namespace ModelPacker.Tests.Finetune;

/// <summary>What is written back is what was trained.</summary>
[Collection(TunedNetworkCollection.Name)]
public sealed class TrainedBundleTests(TunedNetwork tuned)
{
    private const int Pictures = 20;

    private static readonly GradientOptions Rounded = new() { FakeQuantize = true, OwnConstants = true };

    [Fact]
    public void UntouchedParametersGiveTheSameConstants()
    {
        using Bundle source = BundleReader.Open(tuned.Bundle);
        using GradientNetwork network = GradientNetwork.Create(source, Rounded);
        Bundle made = TrainedBundle.Build(network, []);
        Assert.NotEmpty(source.Points[1].Constants);
        for (int p = 0; p < source.Points.Length; p++)
        {
            Assert.Equal(source.Points[p].Constants.Select(c => c.Step), made.Points[p].Constants.Select(c => c.Step));
            foreach ((StepConstants a, StepConstants b) in source.Points[p].Constants.Zip(made.Points[p].Constants))
            {
                Assert.Equal(BundleConstants.Read<int>(source, a.Bias), BundleConstants.Read<int>(made, b.Bias));
                AssertNear(BundleConstants.Read<float>(source, a.Scales), BundleConstants.Read<float>(made, b.Scales));
            }
        }

        foreach ((ConvolutionStep a, ConvolutionStep b) in source.Steps.OfType<ConvolutionStep>().Zip(made.Steps.OfType<ConvolutionStep>()))
        {
            Assert.Equal(BundleConstants.Read<sbyte>(source, a.Weights), BundleConstants.Read<sbyte>(made, b.Weights));
            Assert.Equal(BundleConstants.Read<int>(source, a.Bias), BundleConstants.Read<int>(made, b.Bias));
            AssertNear(BundleConstants.Read<float>(source, a.Scales), BundleConstants.Read<float>(made, b.Scales));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void ThatANetworkBeginsToBeNormalisedLeavesItsConstants(int point)
    {
        using Bundle source = BundleReader.Open(tuned.Bundle);
        using GradientNetwork network = GradientNetwork.Create(source, Rounded with { Normalize = true });
        using GradientBatch batch = new(network, 1, Pictures);
        batch.BeginNormalization(point, [([Noise(source, new Random(4))], Pictures)]);
        Assert.Contains(network.Parameters, p => p.Kind == ParameterKind.Gain && p.Values.Any(g => Math.Abs(g - 1) > 0.1));
        Bundle made = TrainedBundle.Build(network, []);
        for (int i = 0; i < source.Steps.Length; i++)
        {
            if (source.Steps[i] is not ConvolutionStep a || made.Steps[i] is not ConvolutionStep b)
            {
                continue;
            }

            Assert.Equal(BundleConstants.Read<sbyte>(source, a.Weights), BundleConstants.Read<sbyte>(made, b.Weights));
            AssertSame(source, a.Bias, a.Scales, made, b.Bias, b.Scales);
            if (Array.Find(source.Points[1].Constants, c => c.Step == i) is { } own)
            {
                StepConstants then = made.Points[1].Constants.Single(c => c.Step == i);
                AssertSame(source, own.Bias, own.Scales, made, then.Bias, then.Scales);
            }
        }

        static void AssertSame(Bundle source, int bias, int scales, Bundle made, int newBias, int newScales)
        {
            // Mean and deviation cancel but for rounding.
            Assert.All(BundleConstants.Read<int>(source, bias).Zip(BundleConstants.Read<int>(made, newBias)), p => Assert.InRange(p.Second, p.First - 1, p.First + 1));
            AssertNear(BundleConstants.Read<float>(source, scales), BundleConstants.Read<float>(made, newScales));
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public void TheRuntimeComputesWhatTheTrainingSaw(int point, bool normalized)
    {
        using Bundle source = BundleReader.Open(tuned.Bundle);
        using GradientNetwork network = GradientNetwork.Create(source, Rounded with { Normalize = normalized });

        // Some weights grow far beyond 127 of their old units, others vanish; points go their own ways.
        Random random = new(3);
        foreach (Parameter parameter in network.Parameters)
        {
            for (int i = 0; i < parameter.Values.Length; i++)
            {
                float draw = random.NextSingle();
                parameter.Values[i] = parameter.Kind switch
                {
                    ParameterKind.Weights => parameter.Values[i] * draw * 2,
                    ParameterKind.ChannelScale => parameter.Values[i] * (0.5f + draw),
                    _ => parameter.Values[i] + (0.1f * (draw - 0.5f)),
                };
            }
        }

        WeightUnits.Refresh(network);
        float[] pictures = Noise(source, random);
        using GradientBatch batch = new(network, 1, Pictures);
        if (normalized)
        {
            batch.MeasureNormalization(point, [([pictures], Pictures)]);
            WeightUnits.Refresh(network);
        }

        // The pictures side by side, so that they are what is normalised over.
        float[] seen = [];
        batch.Forward(point, [pictures], Pictures, (run, _) => seen = run.Output(0).ToArray());
        using EdgeModel model = EdgeModel.Load(TrainedBundle.Build(network, []));
        using Session session = model.CreateSession();
        session.Point = point;
        Map map = source.Maps[source.Inputs[0].Map];
        double worst = 0;
        double largest = 0;
        for (int picture = 0; picture < Pictures; picture++)
        {
            Span<sbyte> rows = session.MapRows<sbyte>(source.Inputs[0].Map);
            for (int i = 0; i < rows.Length; i++)
            {
                rows[i] = (sbyte)(MathF.Round(pictures[(picture * rows.Length) + i] / map.Scale) + map.ZeroPoint);
            }

            session.Run();
            float[] answers = new float[4];
            session.GetOutput(0, answers);
            worst = Math.Max(worst, Enumerable.Range(0, 4).Max(c => Math.Abs(answers[c] - seen[(picture * 4) + c])));
            largest = Math.Max(largest, answers.Max(Math.Abs));
        }

        // Rounding may fall the other way at ties, and biases are rounded.
        Assert.True(worst < 0.02 * largest, $"{worst} of {largest}");
    }

    [Fact]
    public void UnitsReachTheLargestWeightOfTheirChannel()
    {
        using Bundle source = BundleReader.Open(tuned.Bundle);
        using GradientNetwork network = GradientNetwork.Create(source, Rounded);
        Parameter weights = network.Parameters.First(p => p.Kind == ParameterKind.Weights);
        int depth = weights.Values.Length / weights.Units!.Length;
        float other = weights.Units[1];
        weights.Values[3] = -127 * 5 * weights.Units[0];
        float grown = -weights.Values[3];
        WeightUnits.Refresh(network);
        Assert.Equal(grown / 127, weights.Units[0], 1e-6f * grown);
        Assert.Equal(weights.Values.AsSpan(depth, depth).ToArray().Max(MathF.Abs) / 127, weights.Units[1], 1e-4f * other);
        ConvolutionStep step = TrainedBundle.Build(network, []).Steps.OfType<ConvolutionStep>().First();
        Bundle made = TrainedBundle.Build(network, []);
        Assert.Equal(-127, BundleConstants.Read<sbyte>(made, step.Weights)[3]);
    }

    // Pictures of units of the input.
    private static float[] Noise(Bundle bundle, Random random)
    {
        Map map = bundle.Maps[bundle.Inputs[0].Map];
        int elements = bundle.Points[0].Rows[bundle.Inputs[0].Map] * map.Channels;
        return [.. Enumerable.Range(0, Pictures * elements).Select(_ => (random.Next(-128, 128) - map.ZeroPoint) * map.Scale)];
    }

    private static void AssertNear(float[] expected, float[] actual)
        => Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, 1e-5f * Math.Abs(p.First)));
}
