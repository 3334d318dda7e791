namespace ModelPacker.Tests.Lower;

/// <summary>Convolutions, pools and interpolation: all that becomes gather tables.</summary>
public class WindowLoweringTests
{
    [Theory]
    [InlineData(3, 1, 1, 1, 1)]
    [InlineData(3, 2, 1, 1, 1)]
    [InlineData(3, 1, 2, 2, 1)]
    [InlineData(5, 3, 0, 1, 1)]
    [InlineData(1, 1, 0, 1, 1)]
    [InlineData(1, 2, 0, 1, 1)]
    [InlineData(3, 1, 1, 1, 2)]
    [InlineData(3, 2, 1, 1, 4)]
    public void Convolution(int kernel, int stride, int pad, int dilation, int groups)
        => FloatBundle.AssertAgrees(new OnnxBuilder().Input("x", 1, 4, 11, 9).Weights("w", 8, 4 / groups, kernel, kernel).Weights("b", 8)
            .Node("Conv", "x w b", "y", ("strides", new[] { stride, stride }), ("pads", new[] { pad, pad, pad, pad }),
                ("dilations", new[] { dilation, dilation }), ("group", groups)).Output("y"));

    [Fact]
    public void DepthwiseConvolution()
        => FloatBundle.AssertAgrees(new OnnxBuilder().Input("x", 1, 6, 8, 7).Weights("w", 6, 1, 3, 3).Weights("b", 6)
            .Node("Conv", "x w b", "y", ("group", 6), ("pads", new[] { 1, 0, 1, 2 }), ("strides", new[] { 2, 1 })).Output("y"));

    [Fact]
    public void BatchesAndAsymmetricPads()
        => FloatBundle.AssertAgrees(new OnnxBuilder().Input("x", 2, 3, 5, 6).Weights("w", 4, 3, 2, 3)
            .Node("Conv", "x w", "y", ("pads", new[] { 0, 2, 1, 0 })).Output("y"));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void OtherSpatialRanks(int rank)
    {
        int[] Cube(int first, int second, int extent) => [first, second, .. Enumerable.Repeat(extent, rank)];
        FloatBundle.AssertAgrees(new OnnxBuilder().Input("x", Cube(1, 2, 6)).Weights("w", Cube(3, 2, 3))
            .Node("Conv", "x w", "c", ("pads", Enumerable.Repeat(1, 2 * rank).ToArray()))
            .Node("MaxPool", "c", "y", ("kernel_shape", Enumerable.Repeat(2, rank).ToArray()), ("strides", Enumerable.Repeat(2, rank).ToArray())).Output("y"));
    }

    [Theory]
    [InlineData(2, 0, 0, 1, 1)]
    [InlineData(2, 1, 1, 1, 1)]
    [InlineData(3, 1, 0, 1, 2)]
    [InlineData(1, 1, 0, 2, 1)]
    public void TransposedConvolution(int stride, int pad, int outputPadding, int dilation, int groups)
        => FloatBundle.AssertAgrees(new OnnxBuilder().Input("x", 1, 4, 5, 4).Weights("w", 4, 6 / groups, 3, 3).Weights("b", 6)
            .Node("ConvTranspose", "x w b", "y", ("strides", new[] { stride, stride }), ("pads", new[] { pad, pad, pad, pad }),
                ("output_padding", new[] { outputPadding, outputPadding }), ("dilations", new[] { dilation, dilation }), ("group", groups)).Output("y"));

    [Theory]
    [InlineData("MaxPool", 0, 0)]
    [InlineData("MaxPool", 1, 0)]
    [InlineData("AveragePool", 0, 0)]
    [InlineData("AveragePool", 0, 1)]
    [InlineData("AveragePool", 1, 0)]
    public void Pools(string op, int ceil, int countPadding)
    {
        List<(string, object)> attributes = [("kernel_shape", new[] { 3, 3 }), ("strides", new[] { 2, 2 }), ("pads", new[] { 1, 1, 1, 1 }), ("ceil_mode", ceil)];
        if (op == "AveragePool")
        {
            attributes.Add(("count_include_pad", countPadding));
        }

        FloatBundle.AssertAgrees(new OnnxBuilder().Input("x", 1, 5, 8, 10).Node(op, "x", "y", [.. attributes]).Output("y"));
    }

    [Fact]
    public void PadThenConvolveThenPool()
        => FloatBundle.AssertAgrees(new OnnxBuilder().Input("x", 1, 3, 6, 6).Ints("p", 0, 0, 1, 2, 0, 0, 2, 1).Weights("w", 4, 3, 3, 3)
            .Node("Pad", "x p", "padded").Node("Conv", "padded w", "c").Node("Relu", "c", "r")
            .Node("GlobalAveragePool", "r", "y").Output("y"));

    [Fact]
    public void MaximumOverZeroPaddingSeesTheZeros()
        => FloatBundle.AssertAgrees(new OnnxBuilder().Input("x", 1, 3, 4, 4).Ints("p", 0, 0, 1, 1, 0, 0, 1, 1)
            .Node("Abs", "x", "a").Node("Neg", "a", "n").Node("Pad", "n p", "padded")
            .Node("MaxPool", "padded", "y", ("kernel_shape", new[] { 3, 3 }), ("strides", new[] { 2, 2 })).Output("y"));

    [Theory]
    [InlineData("linear", "half_pixel")]
    [InlineData("linear", "align_corners")]
    [InlineData("linear", "asymmetric")]
    [InlineData("nearest", "asymmetric")]
    [InlineData("cubic", "half_pixel")]
    public void Resizes(string mode, string transformation)
        => FloatBundle.AssertAgrees(new OnnxBuilder().Input("x", 1, 3, 4, 5).Ints("s", 1, 3, 8, 10)
            .Node("Resize", "x - - s", "y", ("mode", mode), ("coordinate_transformation_mode", transformation), ("nearest_mode", "floor")).Output("y"));

    [Theory]
    [InlineData("ReduceMean", new[] { 2, 3 }, 1)]
    [InlineData("ReduceMean", new[] { 1 }, 0)]
    [InlineData("ReduceMax", new[] { 1, 2 }, 1)]
    [InlineData("ReduceMean", new[] { 0, 1, 2, 3 }, 0)]
    public void Reductions(string op, int[] axes, int keep)
        => FloatBundle.AssertAgrees(new OnnxBuilder().Input("x", 2, 3, 4, 5).Node(op, "x", "y", ("axes", axes), ("keepdims", keep)).Output("y"));
}
