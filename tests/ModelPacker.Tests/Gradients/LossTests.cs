using EdgeRuntime.Bundles;
using EdgeRuntime.Tests.Shared.Bundles;
using ModelPacker.Gradients;
using ModelPacker.Gradients.Losses;

namespace ModelPacker.Tests.Gradients;

public class LossTests
{
    private static Bundle Classifier(bool softmax)
    {
        NetworkBuilder net = new(4);
        int last = net.Convolution(net.GlobalAverage(net.Convolution(net.Input(ElementType.F32, 5, 4, 3), 3, 1, 9)), 1, 1, 5);
        net.Output(softmax ? net.Softmax(last) : last);
        return net.Build();
    }

    private static float[] Shares => [0.1f, 0.2f, 0.3f, 0.4f, 0, 0.5f, 0.5f, 0, 0, 0];

    [Fact]
    public void GradientsAreThoseOfTheLosses()
    {
        foreach (bool softmax in (bool[])[false, true])
        {
            using Bundle bundle = Classifier(softmax);
            GradientCheck.Run(bundle, 0, 1, new SoftmaxCrossEntropy([3, 1]));
            GradientCheck.Run(bundle, 0, 2, new SoftmaxCrossEntropy([0, 4], smoothing: 0.1f));
            GradientCheck.Run(bundle, 0, 3, new Divergence(Shares));
            GradientCheck.Run(bundle, 0, 4, new Divergence(Shares, temperature: 2));
            GradientCheck.Run(bundle, 0, 5, new RelativeSquaredError([(ReadOnlyMemory<float>)Shares]));
        }
    }

    [Fact]
    public void ValuesAreThoseOfTheFormulas()
    {
        using Bundle bundle = Classifier(true);
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions());
        using GradientRun run = network.CreateRun(0, 2);
        GradientCheck.Fill(new Random(1), run.Input(0).Length).CopyTo(run.Input(0));
        run.Forward(2);
        float[] y = run.Output(0).ToArray();
        Assert.Equal(-Math.Log(y[3]) - Math.Log(y[6]), new SoftmaxCrossEntropy([3, 1]).Evaluate(run, 2), 1e-5);
        Assert.Equal(Shares.Select((t, i) => t > 0 ? t * Math.Log(t / y[i]) : 0).Sum(), new Divergence(Shares).Evaluate(run, 2), 1e-5);
        double Noise(int first) => Enumerable.Range(first, 5).Sum(i => Math.Pow(y[i] - Shares[i], 2)) / Enumerable.Range(first, 5).Sum(i => Math.Pow(Shares[i], 2));
        Assert.Equal(Noise(0) + Noise(5), new RelativeSquaredError([(ReadOnlyMemory<float>)Shares]).Evaluate(run, 2), 1e-5);
    }

    [Fact]
    public void HugeLogitsNeitherOverflowNorVanish()
    {
        using Bundle bundle = Classifier(true);
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions());
        Parameter bias = network.Parameters.Last(p => p.Kind == ParameterKind.Bias);
        bias.Values[2] = 1000;
        network.ParametersChanged();
        using GradientRun run = network.CreateRun(0, 1);
        run.Forward(1);
        Assert.Equal(1000, new SoftmaxCrossEntropy([3]).Evaluate(run, 1), 3.0);
        run.Backward();
        run.CollectGradients();
        Assert.Equal([0, 0, 1, -1, 0], bias.Gradient);
    }
}
