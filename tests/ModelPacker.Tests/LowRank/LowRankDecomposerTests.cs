using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Sessions;
using ModelPacker.Emit;
using ModelPacker.Lower;
using ModelPacker.LowRank;
using ModelPacker.Tests.Lower;
using ModelPacker.Tests.Tune;

namespace ModelPacker.Tests.LowRank;

public class LowRankDecomposerTests
{
    [Fact]
    public void FullRankIsTheSameNetwork()
    {
        OnnxBuilder builder = Network();
        LoweredModel model = FloatBundle.Lower(builder);
        LoweredModel made = Decomposer(builder).Decompose(model, new Dictionary<int, int> { [Step(model, "wide")] = 32, [Step(model, "deep")] = 24 });
        Assert.Equal(model.Steps.Count + 2, made.Steps.Count);
        float[] expected = FloatBundle.Run(FloatEmitter.Emit(model, []), builder)[0];
        float[] actual = FloatBundle.Run(FloatEmitter.Emit(made, []), builder)[0];
        float tolerance = 1e-4f * expected.Max(MathF.Abs);
        Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, tolerance));
    }

    [Fact]
    public void FewerFiltersErrMore()
    {
        OnnxBuilder builder = Network();
        LoweredModel model = FloatBundle.Lower(builder);
        float[] exact = FloatBundle.Run(FloatEmitter.Emit(model, []), builder)[0];
        double[] errors = [.. new[] { 8, 16, 24 }.Select(rank =>
        {
            LoweredModel made = Decomposer(builder).Decompose(model, new Dictionary<int, int> { [Step(model, "wide")] = rank, [Step(model, "deep")] = rank });
            return FloatBundle.Run(FloatEmitter.Emit(made, []), builder)[0].Zip(exact, (a, b) => Math.Pow(a - b, 2)).Sum() / exact.Sum(e => (double)e * e);
        })];
        Assert.True(errors[0] > errors[1] && errors[1] > errors[2], string.Join(" ", errors));
        Assert.InRange(errors[2], 0, 0.01);
    }

    [Fact]
    public void OnlyWideConvolutionsAreDecomposed()
    {
        OnnxBuilder builder = Network();
        LoweredModel model = FloatBundle.Lower(builder);
        Assert.Equal(["wide", "deep"], Enumerable.Range(0, model.Steps.Count).Where(i => LowRankDecomposer.CanDecompose(model, i)).Select(i => model.Steps[i].Step.Name));

        LowRankResult result = Decomposer(builder).Run(model, 1.2);
        Assert.True(result.SpeedUp >= 1.2);
        Bundle before = FloatEmitter.Emit(model, []);
        Bundle after = FloatEmitter.Emit(result.Model, []);
        Assert.Equal(result.SpeedUp, before.Macs(before.Points[0]) / after.Macs(after.Points[0]), 9);
        foreach (LoweredStep step in model.Steps.Where(s => s.Step.Name is not ("wide" or "deep")))
        {
            Assert.Same(step, Assert.Single(result.Model.Steps, s => s.Step.Name == step.Step.Name));
        }

        foreach (LayerRank layer in result.Layers)
        {
            int at = Step(result.Model, layer.Name);
            ConvolutionStep first = (ConvolutionStep)result.Model.Steps[at].Step;
            ConvolutionStep second = (ConvolutionStep)result.Model.Steps[at + 1].Step;
            ConvolutionStep whole = (ConvolutionStep)model.Steps[Step(model, layer.Name)].Step;
            Assert.Equal((layer.Name + "/spread", 1, first.Output), (second.Name, second.Taps, second.Inputs[0]));
            Assert.Equal((whole.Taps, layer.Rank), (first.Taps, result.Model.Maps[first.Output].Channels));
            Assert.Equal((whole.Output, whole.Minimum, whole.Maximum), (second.Output, second.Minimum, second.Maximum));
            Assert.Equal((float.NegativeInfinity, float.PositiveInfinity), (first.Minimum, first.Maximum));
        }
    }

    [Fact]
    public void TheSameComesOutEveryTime()
    {
        OnnxBuilder builder = Network();
        float[][] weights = [.. new[] { 1, 2 }.Select(threads =>
        {
            LowRankResult made = new LowRankDecomposer([s => FloatBundle.Feed(s, builder)], threads, new Silent(), default).Run(FloatBundle.Lower(builder), 1.2);
            return made.Model.Steps.SelectMany(s => s.Weights ?? []).ToArray();
        })];
        Assert.Equal(weights[0], weights[1]);
    }

    [Fact]
    public void OutOfReachIsAnErrorThatSaysWhatIsNot()
    {
        OnnxBuilder builder = Network();
        EdgeRuntimeException error = Assert.Throws<EdgeRuntimeException>(() => Decomposer(builder).Run(FloatBundle.Lower(builder), 50));
        Assert.Equal(2, error.ExitCode);
        string possible = error.Message.Split("the network has ")[1].Split(' ')[0];
        Assert.NotEmpty(Decomposer(builder).Run(FloatBundle.Lower(builder), double.Parse(possible, System.Globalization.CultureInfo.InvariantCulture)).Layers);
    }

    [Fact]
    public void ANetworkWithoutSuchLayersIsRefused()
    {
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 16, 8, 8).Weights("w", 16, 16, 1, 1).Weights("g", 16, 8, 3, 3)
            .Node("Conv", "x w", "c").Node("Conv", "c g", "y", ("group", 2)).Output("y");
        Assert.Equal(3, Assert.Throws<EdgeRuntimeException>(() => Decomposer(builder).Run(FloatBundle.Lower(builder), 1.5)).ExitCode);
    }

    // Two layers that can be decomposed among those that cannot: 1×1, depthwise, grouped, and a fully connected one in disguise. They are the steps by the names of their outputs.
    private static OnnxBuilder Network() => new OnnxBuilder().Input("x", 1, 8, 24, 24)
        .Weights("w1", 32, 8, 3, 3).Weights("b1", 32).Weights("w2", 32, 32, 1, 1).Weights("w3", 32, 1, 3, 3).Weights("w4", 32, 16, 3, 3).Weights("w5", 24, 32, 3, 3).Weights("w6", 10, 24, 6, 6)
        .Node("Conv", "x w1 b1", "wide", ("pads", new[] { 1, 1, 1, 1 })).Node("Relu", "wide", "r1").Node("Conv", "r1 w2", "point")
        .Node("Conv", "point w3", "depthwise", ("group", 32), ("pads", new[] { 1, 1, 1, 1 })).Node("Conv", "depthwise w4", "grouped", ("group", 2), ("pads", new[] { 1, 1, 1, 1 }))
        .Node("MaxPool", "grouped", "p", ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 })).Node("Conv", "p w5", "deep", ("pads", new[] { 1, 1, 1, 1 }), ("strides", new[] { 2, 2 }))
        .Node("Relu", "deep", "r2").Node("Conv", "r2 w6", "full").Node("Flatten", "full", "y").Output("y");

    private static LowRankDecomposer Decomposer(OnnxBuilder builder) => new([s => FloatBundle.Feed(s, builder)], 1, new Silent(), default);

    private static int Step(LoweredModel model, string name) => model.Steps.FindIndex(s => s.Step.Name == name);
}
