using ModelPacker.Graphs;
using ModelPacker.Import.Onnx;

namespace ModelPacker.Tests.Import;

/// <summary>Quantised models keep their grids.</summary>
public class QuantizedModelTests
{
    private static readonly Tensor Zero8 = Tensor.Of(DataType.Int8, [3]);
    private static readonly Tensor ZeroU8 = Tensor.Of(DataType.UInt8, [131]);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PairsBecomeAnnotations(bool signed)
    {
        OnnxBuilder b = Scales(new OnnxBuilder(), signed).Input("x", 1, 2, 5, 5).Constant("w8", Random(DataType.Int8, 3, 2, 3, 3))
            .Floats("ws", 0.01f, 0.02f, 0.03f).Constant("wz", Tensor.Of(DataType.Int8, [0, 0, 0], 3)).Output("y");
        b.Node("QuantizeLinear", "x s z", "xq").Node("DequantizeLinear", "xq s z", "xd").Node("DequantizeLinear", "w8 ws wz", "w", ("axis", 0))
            .Node("Conv", "xd w", "c").Node("Relu", "c", "r").Node("QuantizeLinear", "r t z", "rq").Node("DequantizeLinear", "rq t z", "y");
        Graph graph = Agreement.Check(b, 0.06f);
        Node conv = graph.Nodes[0];
        Assert.Equal(new Quantization(0.05f, 3), conv.Output.Quantization);
        Assert.Equal(new Quantization(0.02f, 3), graph.Inputs[0].Quantization);
        Assert.Equal([0.01f, 0.02f, 0.03f], conv.Inputs[1].WeightScales!);
        Assert.Equal(new Clamp(0, float.PositiveInfinity), Assert.IsType<Convolution>(conv.Operator).Clamp);
        Assert.Single(graph.Nodes);
    }

    [Fact]
    public void TwoGridsOnOneValueStayApart()
    {
        OnnxBuilder b = Scales(new OnnxBuilder(), true).Input("x", 2, 8).Output("y").Output("v");
        b.Node("Sigmoid", "x", "a").Node("QuantizeLinear", "a s z", "p").Node("DequantizeLinear", "p s z", "pd")
            .Node("QuantizeLinear", "a t z", "q").Node("DequantizeLinear", "q t z", "qd").Node("Add", "pd qd", "y")
            .Node("QuantizeLinear", "pd t z", "r").Node("DequantizeLinear", "r t z", "v");
        Graph graph = Agreement.Check(b);
        Assert.Contains(graph.Nodes, n => n.Operator is Identity);
    }

    [Fact]
    public void InputsAndOutputsMayBeInteger()
    {
        foreach (bool signed in new[] { true, false })
        {
            int type = signed ? ElementTypes.Int8 : ElementTypes.UInt8;
            OnnxBuilder b = Scales(new OnnxBuilder(), signed).Input("x", type, [1, 2, 4, 4]).Output("y", type);
            b.Node("DequantizeLinear", "x s z", "d").Node("MaxPool", "d", "m", ("kernel_shape", new[] { 2, 2 })).Node("LeakyRelu", "m", "l").Node("QuantizeLinear", "l t z", "y");
            Graph graph = Agreement.Check(b);
            Assert.Equal(signed ? DataType.Int8 : DataType.UInt8, graph.Outputs[0].Type);
        }
    }

    [Fact]
    public void BytesAreCast() =>
        Agreement.Check(new OnnxBuilder().Input("x", ElementTypes.UInt8, [1, 3, 2, 2]).Scalar("c", 255).Output("y").Node("Cast", "x", "f", ("to", 1)).Node("Div", "f c", "y"));

    [Fact]
    public void OperatorFormIsExpanded()
    {
        OnnxBuilder b = Scales(new OnnxBuilder(), false).Input("x", ElementTypes.UInt8, [1, 2, 5, 5]).Constant("w8", Random(DataType.UInt8, 3, 2, 3, 3)).Scalar("ws", 0.01f)
            .Constant("wz", Tensor.Of(DataType.UInt8, [120])).Constant("b", Tensor.Of(DataType.Int32, [100, -200, 30], 3)).Output("y", ElementTypes.UInt8);
        b.Node("QLinearConv", "x s z w8 ws wz t z b", "c").Node("com.microsoft:QLinearLeakyRelu", "c t z s z", "l", ("alpha", 0.1f))
            .Node("com.microsoft:QLinearAdd", "l s z l s z t z", "a").Node("Transpose", "a", "v", ("perm", new[] { 0, 2, 3, 1 })).Node("Flatten", "v", "f")
            .Node("com.microsoft:QLinearConcat", "t z f t z f t z", "y", ("axis", 1));
        Agreement.Check(b, 1f);
    }

    [Fact]
    public void MatrixProductsAreExpanded()
    {
        OnnxBuilder b = Scales(new OnnxBuilder(), true).Input("x", ElementTypes.Int8, [3, 4]).Constant("w8", Random(DataType.Int8, 4, 5)).Floats("ws", 0.01f, 0.02f, 0.01f, 0.03f, 0.01f)
            .Constant("wz", Tensor.Of(DataType.Int8, [0, 0, 0, 0, 0], 5)).Output("y", ElementTypes.Int8);
        Graph graph = Agreement.Check(b.Node("QLinearMatMul", "x s z w8 ws wz t z", "y"), 1f);
        Assert.Equal(5, graph.Nodes.Single(n => n.Operator is Linear).Inputs[1].WeightScales!.Length);
    }

    private static OnnxBuilder Scales(OnnxBuilder b, bool signed) =>
        b.Scalar("s", 0.02f).Scalar("t", 0.05f).Constant("z", signed ? Zero8 : ZeroU8);

    private static Tensor Random(DataType type, params int[] dims)
    {
        var random = new Random(3);
        int low = type == DataType.Int8 ? -127 : 0;
        var data = new long[dims.Aggregate(1, (a, b) => a * b)];
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = low + random.Next(255);
        }

        return Tensor.Of(type, data, dims);
    }
}
