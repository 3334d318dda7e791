using EdgeRuntime.Kernels.Elementwise;
using ModelPacker.Graphs;

namespace ModelPacker.Tests.Simplify;

/// <summary>Each pass does its work, and the results stay those of ONNX Runtime.</summary>
public class PassTests
{
    [Fact]
    public void BatchNormGoesIntoWeights()
    {
        foreach (string op in new[] { "Conv", "ConvTranspose" })
        {
            OnnxBuilder b = Statistics(new OnnxBuilder().Input("x", 1, 4, 6, 6).Weights("w", 4, 2, 3, 3).Output("y"));
            Graph graph = Agreement.Check(b.Node(op, "x w", "c", ("group", 2)).Node("BatchNormalization", "c g h m v", "n").Node("Relu", "n", "y"));
            Assert.Single(graph.Nodes);
        }
    }

    [Fact]
    public void BatchNormInFrontOfUnpaddedConvolutions()
    {
        OnnxBuilder b = Statistics(new OnnxBuilder().Input("x", 1, 4, 6, 6).Weights("w", 6, 2, 3, 3).Output("y"));
        Assert.Single(Agreement.Check(b.Node("BatchNormalization", "x g h m v", "n").Node("Conv", "n w", "y", ("group", 2))).Nodes);
        b = Statistics(new OnnxBuilder().Input("x", 1, 4, 6, 6).Weights("w", 6, 4, 3, 3).Output("y"));
        Assert.Equal(2, Agreement.Check(b.Node("BatchNormalization", "x g h m v", "n").Node("Conv", "n w", "y", ("pads", new[] { 1, 1, 1, 1 }))).Nodes.Count);
    }

    [Fact]
    public void ArithmeticWithConstantsIsAffine()
    {
        OnnxBuilder b = new OnnxBuilder().Input("x", 1, 4, 5, 5).Weights("a", 4, 1, 1).Weights("c", 1, 4, 1, 1).Scalar("k", 3).Scalar("d", 2).Output("y");
        Graph graph = Agreement.Check(b.Node("Mul", "x a", "p").Node("Sub", "c p", "q").Node("Div", "q d", "r").Node("Add", "k r", "y"));
        Assert.IsType<ChannelAffine>(Assert.Single(graph.Nodes).Operator);
    }

    [Fact]
    public void WrittenOutActivationsAreRecognised()
    {
        OnnxBuilder Start() => new OnnxBuilder().Input("x", 2, 20).Scalar("three", 3).Scalar("zero", 0).Scalar("six", 6).Scalar("one", 1).Scalar("half", 0.5f).Scalar("root", MathF.Sqrt(2)).Scalar("tenth", 0.1f).Output("y");
        Expect(UnaryFunction.Swish, Start().Node("Sigmoid", "x", "s").Node("Mul", "s x", "y"));
        Expect(UnaryFunction.HardSwish, Start().Node("Add", "x three", "a").Node("Clip", "a zero six", "c").Node("Mul", "x c", "m").Node("Div", "m six", "y"));
        Expect(UnaryFunction.HardSwish, Start().Node("Add", "x three", "a").Node("Clip", "a zero six", "c").Node("Div", "c six", "d").Node("Mul", "d x", "y"));
        Expect(UnaryFunction.HardSwish, Start().Node("HardSigmoid", "x", "h", ("alpha", 1f / 6)).Node("Mul", "x h", "y"));
        Expect(UnaryFunction.Gelu, Start().Node("Div", "x root", "d").Node("Erf", "d", "e").Node("Add", "e one", "a").Node("Mul", "x a", "m").Node("Mul", "m half", "y"));
        Expect(UnaryFunction.Gelu, Start().Node("Div", "x root", "d").Node("Erf", "d", "e").Node("Add", "e one", "a").Node("Mul", "a half", "h").Node("Mul", "x h", "y"));
        Expect(UnaryFunction.Gelu, Start().Node("Div", "x root", "d").Node("Erf", "d", "e").Node("Add", "e one", "a").Node("Mul", "x half", "h").Node("Mul", "h a", "y"));
        Expect(UnaryFunction.Mish, Start().Node("Exp", "x", "e").Node("Add", "e one", "a").Node("Log", "a", "l").Node("Tanh", "l", "t").Node("Mul", "x t", "y"));
        Expect(UnaryFunction.LeakyRelu, Start().Node("Mul", "x tenth", "t").Node("Max", "x t", "y"));
    }

    [Fact]
    public void ZeroPadsGoIntoWindows()
    {
        OnnxBuilder Start() => new OnnxBuilder().Input("x", 1, 2, 5, 5).Ints("p", 0, 0, 1, 2, 0, 0, 0, 1).Weights("w", 3, 2, 3, 3).Output("y").Node("Pad", "x p", "q");
        Assert.Single(Agreement.Check(Start().Node("Conv", "q w", "y", ("pads", new[] { 1, 1, 1, 1 }))).Nodes);
        Assert.Single(Agreement.Check(Start().Node("AveragePool", "q", "y", ("kernel_shape", new[] { 3, 3 }))).Nodes);
        Assert.Equal(2, Agreement.Check(Start().Node("AveragePool", "q", "y", ("kernel_shape", new[] { 3, 3 }), ("pads", new[] { 1, 1, 1, 1 }))).Nodes.Count);
        Assert.Equal(2, Agreement.Check(Start().Node("MaxPool", "q", "y", ("kernel_shape", new[] { 3, 3 }))).Nodes.Count);
    }

    [Fact]
    public void MovesAreMerged()
    {
        OnnxBuilder b = new OnnxBuilder().Input("x", 1, 2, 3, 4).Output("y");
        Assert.IsType<Identity>(Assert.Single(Agreement.Check(b.Node("Transpose", "x", "a", ("perm", new[] { 0, 2, 3, 1 })).Node("Transpose", "a", "y", ("perm", new[] { 0, 3, 1, 2 }))).Nodes).Operator);
        b = new OnnxBuilder().Input("x", 4, 6).Ints("a", 1).Ints("e", 4).Ints("x1", 1).Ints("p", 1, 1, 0, 0).Ints("s", 3, 2).Ints("t", -1).Output("y");
        Graph graph = Agreement.Check(b.Node("Slice", "x a e", "c").Node("Pad", "c p", "d").Node("Relu", "d", "r").Node("Reshape", "r t", "f").Node("Unsqueeze", "f x1", "y"));
        Assert.Equal(3, graph.Nodes.Count);
    }

    [Fact]
    public void ClampsCompose()
    {
        OnnxBuilder b = new OnnxBuilder().Input("x", 1, 2, 5, 5).Weights("w", 3, 2, 3, 3).Scalar("a", -0.2f).Scalar("e", 0.3f).Output("y");
        Graph graph = Agreement.Check(b.Node("Conv", "x w", "c").Node("Relu", "c", "r").Node("Clip", "r a e", "y"));
        Assert.Equal(new Clamp(0, 0.3f), Assert.IsType<Convolution>(Assert.Single(graph.Nodes).Operator).Clamp);
    }

    [Fact]
    public void SharedValuesStay()
    {
        OnnxBuilder b = Statistics(new OnnxBuilder().Input("x", 1, 4, 6, 6).Weights("w", 4, 4, 3, 3).Output("y").Output("c"));
        Assert.Equal(3, Agreement.Check(b.Node("Conv", "x w", "c").Node("BatchNormalization", "c g h m v", "n").Node("Relu", "n", "y")).Nodes.Count);
    }

    [Fact]
    public void SpatialMeansArePools()
    {
        OnnxBuilder b = new OnnxBuilder().Input("x", 2, 3, 4, 5).Output("y").Output("z");
        Graph graph = Agreement.Check(b.Node("ReduceMean", "x", "y", ("axes", new[] { -1, 2 }), ("keepdims", 0)).Node("ReduceMax", "x", "z", ("axes", new[] { 2, 3 })));
        Assert.Equal(2, graph.Nodes.Count(n => n.Operator is Pool));
    }

    private static OnnxBuilder Statistics(OnnxBuilder b) => b.Weights("g", 4).Weights("h", 4).Weights("m", 4).Floats("v", 0.5f, 1, 2, 3);

    private static void Expect(UnaryFunction function, OnnxBuilder b) =>
        Assert.Equal(function, Assert.IsType<Unary>(Assert.Single(Agreement.Check(b).Nodes).Operator).Function);
}
