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
    public void TheRuntimeComputesWhatTheTrainingSaw(int point)
    {
        using Bundle source = BundleReader.Open(tuned.Bundle);
        using GradientNetwork network = GradientNetwork.Create(source, Rounded);

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
        using EdgeModel model = EdgeModel.Load(TrainedBundle.Build(network, []));
        using Session session = model.CreateSession();
        session.Point = point;
        using GradientRun run = network.CreateRun(point, 1);
        int map = source.Inputs[0].Map;
        double worst = 0;
        double largest = 0;
        for (int picture = 0; picture < 20; picture++)
        {
            Span<sbyte> rows = session.MapRows<sbyte>(map);
            for (int i = 0; i < rows.Length; i++)
            {
                rows[i] = (sbyte)random.Next(-128, 128);
                run.Input(0)[i] = (rows[i] - source.Maps[map].ZeroPoint) * source.Maps[map].Scale;
            }

            session.Run();
            run.Forward(1);
            float[] answers = new float[4];
            session.GetOutput(0, answers);
            worst = Math.Max(worst, Enumerable.Range(0, 4).Max(c => Math.Abs(answers[c] - run.Output(0)[c])));
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

    private static void AssertNear(float[] expected, float[] actual)
        => Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, 1e-5f * Math.Abs(p.First)));
}
