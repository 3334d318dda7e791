using EdgeRuntime.Bundles;
using EdgeRuntime.Tests.Shared.Bundles;
using ModelPacker.Gradients;
using ModelPacker.Gradients.Losses;

namespace ModelPacker.Tests.Gradients;

public class AnswerProjectionTests
{
    private const int Draws = 20_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ProjectionsOfClassesHaveTheFisherInformationAsCovariance(bool softmax)
    {
        NetworkBuilder net = new(4);
        int last = net.Convolution(net.GlobalAverage(net.Input(ElementType.F32, 2, 2, 3)), 1, 1, 4);
        net.Output(softmax ? net.Softmax(last) : last);
        (float[] logits, double[][] drawn) = Draw(net, classes: true);
        double sum = logits.Sum(z => Math.Exp(z));
        double[] p = [.. logits.Select(z => Math.Exp(z) / sum)];
        for (int i = 0; i < p.Length; i++)
        {
            for (int j = 0; j < p.Length; j++)
            {
                Assert.Equal((i == j ? p[i] : 0) - (p[i] * p[j]), drawn.Average(v => v[i] * v[j]), 0.01);
            }

            Assert.Equal(0, drawn.Average(v => v[i]), 0.02);
        }
    }

    [Fact]
    public void OtherAnswersAreWeighedAlikeAgainstTheirEnergy()
    {
        NetworkBuilder net = new(4);
        net.Output(net.Convolution(net.GlobalAverage(net.Input(ElementType.F32, 2, 2, 3)), 1, 1, 4));
        (float[] values, double[][] drawn) = Draw(net, classes: false);
        double energy = values.Sum(v => (double)v * v);
        for (int i = 0; i < values.Length; i++)
        {
            Assert.Equal(1 / energy, drawn.Average(v => v[i] * v[i]), 0.05 / energy);
        }
    }

    [Fact]
    public void PicturesHaveProjectionsOfTheirOwnInWhateverBatchTheyCome()
    {
        NetworkBuilder net = new(4);
        net.Output(net.Convolution(net.GlobalAverage(net.Input(ElementType.F32, 2, 2, 3)), 1, 1, 4));
        using Bundle bundle = net.Build();
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions());
        using GradientRun two = network.CreateRun(0, 2);
        float[] both = Gradients(two, new AnswerProjection(true, 1), 2);
        Assert.NotEqual(both[..4], both[4..]);
        using GradientRun one = network.CreateRun(0, 1);
        Assert.Equal(both[4..], Gradients(one, new AnswerProjection(true, 1, firstPicture: 1), 1));
    }

    private static float[] Gradients(GradientRun run, AnswerProjection projection, int pictures)
    {
        run.Input(0).Fill(0.5f);
        run.Forward(pictures);
        Assert.Equal(0, projection.Evaluate(run, 1));
        return run.SeedGradient(run.Network.LogitsMap(0)).ToArray();
    }

    private static (float[] Logits, double[][] Drawn) Draw(NetworkBuilder net, bool classes)
    {
        using Bundle bundle = net.Build();
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions());
        using GradientRun run = network.CreateRun(0, 1);
        double[][] drawn = new double[Draws][];
        for (int i = 0; i < Draws; i++)
        {
            drawn[i] = [.. Gradients(run, new AnswerProjection(classes, i), 1).Select(g => (double)g)];
        }

        return (run.Logits(0).ToArray(), drawn);
    }
}
