using ModelPacker.Graphs;

namespace ModelPacker.Tests.Import;

/// <summary>Corners of attributes and opsets, against ONNX Runtime.</summary>
public class OperatorTests
{
    [Theory]
    [InlineData(new[] { 1, 1 }, new[] { 1, 1 }, "NOTSET", new[] { 0, 1, 2, 0 }, 1)]
    [InlineData(new[] { 2, 3 }, new[] { 1, 1 }, "SAME_UPPER", null, 2)]
    [InlineData(new[] { 2, 2 }, new[] { 1, 1 }, "SAME_LOWER", null, 1)]
    [InlineData(new[] { 1, 2 }, new[] { 2, 1 }, "VALID", null, 4)]
    [InlineData(new[] { 1, 1 }, new[] { 2, 3 }, "NOTSET", new[] { 2, 3, 1, 3 }, 4)]
    public void Conv(int[] strides, int[] dilations, string pad, int[]? pads, int groups)
    {
        OnnxBuilder b = new OnnxBuilder(11).Input("x", 2, 4, 9, 10).Weights("w", 8, 4 / groups, 3, 2).Weights("b", 8).Output("y");
        List<(string, object)> attributes = [("strides", strides), ("dilations", dilations), ("auto_pad", pad), ("group", groups)];
        if (pads is not null)
        {
            attributes.Add(("pads", pads));
        }

        Agreement.Check(b.Node("Conv", "x w b", "y", [.. attributes]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void ConvInOtherRanks(int rank)
    {
        int[] spatial = [7, 6, 5];
        int[] kernel = [3, 2, 3];
        Agreement.Check(new OnnxBuilder().Input("x", [1, 2, .. spatial[..rank]]).Weights("w", [4, 2, .. kernel[..rank]]).Output("y").Node("Conv", "x w", "y", ("strides", new[] { 2, 1, 2 }[..rank])));
    }

    [Theory]
    [InlineData(1, new[] { 2, 3 }, new[] { 1, 1 }, new[] { 1, 0, 0, 1 }, new[] { 1, 2 }, null, "NOTSET")]
    [InlineData(2, new[] { 2, 2 }, new[] { 2, 1 }, new[] { 0, 0, 0, 0 }, new[] { 0, 0 }, null, "NOTSET")]
    [InlineData(2, new[] { 3, 2 }, new[] { 1, 1 }, null, null, new[] { 13, 9 }, "NOTSET")]
    [InlineData(1, new[] { 2, 2 }, new[] { 1, 1 }, null, null, null, "SAME_UPPER")]
    [InlineData(1, new[] { 2, 2 }, new[] { 1, 1 }, null, null, null, "SAME_LOWER")]
    public void ConvTranspose(int groups, int[] strides, int[] dilations, int[]? pads, int[]? extra, int[]? shape, string pad)
    {
        OnnxBuilder b = new OnnxBuilder(11).Input("x", 2, 4, 5, 4).Weights("w", 4, 3, 3, 3).Weights("b", 3 * groups).Output("y");
        List<(string, object)> attributes = [("strides", strides), ("dilations", dilations), ("auto_pad", pad), ("group", groups)];
        if (pads is not null)
        {
            attributes.Add(("pads", pads));
        }

        if (extra is not null)
        {
            attributes.Add(("output_padding", extra));
        }

        if (shape is not null)
        {
            attributes.Add(("output_shape", shape));
        }

        Agreement.Check(b.Node("ConvTranspose", "x w b", "y", [.. attributes]));
    }

    [Theory]
    [InlineData("AveragePool", 0, 0)]
    [InlineData("AveragePool", 0, 1)]
    [InlineData("AveragePool", 1, 0)]
    [InlineData("AveragePool", 1, 1)]
    [InlineData("MaxPool", 0, 0)]
    [InlineData("MaxPool", 1, 0)]
    public void Pool(string op, int ceil, int count)
    {
        foreach (int[] pads in new[] { new[] { 0, 0, 0, 0 }, [1, 1, 1, 1], [0, 1, 1, 0] })
        {
            foreach (int extent in new[] { 6, 7, 8, 9 })
            {
                List<(string, object)> attributes = [("kernel_shape", new[] { 3, 2 }), ("strides", new[] { 2, 3 }), ("pads", pads), ("ceil_mode", ceil)];
                if (op == "AveragePool")
                {
                    attributes.Add(("count_include_pad", count));
                }

                foreach (int opset in new[] { 11, 19 })
                {
                    Agreement.Check(new OnnxBuilder(opset).Input("x", 1, 3, extent, extent + 1).Output("y").Node(op, "x", "y", [.. attributes]), what: $"opset {opset} pads {string.Join(',', pads)} extent {extent}");
                }
            }
        }
    }

    [Theory]
    [InlineData("nearest")]
    [InlineData("linear")]
    [InlineData("cubic")]
    public void Resize(string mode)
    {
        string[] coordinates = ["half_pixel", "asymmetric", "pytorch_half_pixel", "align_corners", "half_pixel_symmetric"];
        string[] roundings = mode == "nearest" ? ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"] : ["round_prefer_floor"];
        foreach (string coordinate in coordinates)
        {
            foreach (string rounding in roundings)
            {
                if (coordinate == "half_pixel_symmetric" && (rounding is "floor" or "ceil"))
                {
                    continue;
                }

                foreach ((int h, int w) in new[] { (12, 10), (4, 3), (9, 5), (1, 7), (6, 1) })
                {
                    for (int variant = 0; variant < (mode == "nearest" ? 1 : 2); variant++)
                    {
                        List<(string, object)> attributes = [("mode", mode), ("coordinate_transformation_mode", coordinate), ("nearest_mode", rounding)];
                        if (variant == 1)
                        {
                            attributes.Add(("antialias", 1));
                        }

                        Agreement.Check(new OnnxBuilder(19).Input("x", 1, 2, 6, 5).Ints("sizes", 1, 2, h, w).Output("y").Node("Resize", "x - - sizes", "y", [.. attributes]), what: $"{coordinate} {rounding} {h}×{w} {variant}");
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(10, "nearest", new[] { 1f, 1, 2, 0.5f })]
    [InlineData(10, "linear", new[] { 1f, 1, 2, 0.5f })]
    [InlineData(11, "nearest", new[] { 1f, 1, 1.7f, 0.6f })]
    [InlineData(13, "linear", new[] { 1f, 1, 1.7f, 0.6f })]
    [InlineData(13, "cubic", new[] { 1f, 1, 1.7f, 0.6f })]
    public void ResizeByScales(int opset, string mode, float[] scales) =>
        Agreement.Check(new OnnxBuilder(opset).Input("x", 1, 2, 6, 5).Floats("s", scales).Floats("roi").Output("y").Node("Resize", opset == 10 ? "x s" : "x roi s", "y", ("mode", mode)));

    [Theory]
    [InlineData(7)]
    [InlineData(9)]
    public void Upsample(int opset)
    {
        foreach (string mode in new[] { "nearest", "linear" })
        {
            OnnxBuilder b = new OnnxBuilder(opset).Input("x", 1, 2, 4, 5).Output("y");
            Agreement.Check(opset == 7
                ? b.Node("Upsample", "x", "y", ("mode", mode), ("scales", new[] { 1f, 1, 2, 3 }))
                : b.Floats("s", 1, 1, 2, 3).Node("Upsample", "x s", "y", ("mode", mode)));
        }
    }

    [Theory]
    [InlineData("Softmax", 12, 1)]
    [InlineData("Softmax", 12, 2)]
    [InlineData("LogSoftmax", 11, -1)]
    [InlineData("Softmax", 13, 1)]
    [InlineData("LogSoftmax", 13, 0)]
    public void Softmax(string op, int opset, int axis) =>
        Agreement.Check(new OnnxBuilder(opset).Input("x", 2, 3, 4).Output("y").Node(op, "x", "y", ("axis", axis)));

    [Theory]
    [InlineData(0, 0, 1f, 1f)]
    [InlineData(1, 0, 0.5f, 2f)]
    [InlineData(0, 1, 1f, 0.5f)]
    [InlineData(1, 1, 2f, 0f)]
    public void Gemm(int ta, int tb, float alpha, float beta)
    {
        foreach (int[] c in new[] { new[] { 5 }, [1, 5], [4, 1], [4, 5], [1] })
        {
            OnnxBuilder b = new OnnxBuilder().Input("x", ta == 1 ? [3, 4] : [4, 3]).Weights("w", tb == 1 ? [5, 3] : [3, 5]).Weights("c", c).Output("y");
            Agreement.Check(b.Node("Gemm", "x w c", "y", ("transA", ta), ("transB", tb), ("alpha", alpha), ("beta", beta)));
        }
    }

    [Fact]
    public void MatMulWithAConstantOnEitherSide()
    {
        foreach ((int[] x, int[] w) in new[] { (new[] { 2, 3, 4 }, new[] { 4, 5 }), ([4], [4, 5]), ([3, 4], [4]), ([2, 3, 4], [1, 4, 5]), ([2, 3, 4], [2, 4, 5]), ([4], [4]) })
        {
            Agreement.Check(new OnnxBuilder().Input("x", x).Weights("w", w).Output("y").Node("MatMul", "x w", "y"));
        }

        foreach ((int[] w, int[] x) in new[] { (new[] { 5, 3 }, new[] { 2, 3, 4 }), ([3], [3, 4]), ([2, 5, 3], [3, 4]), ([5, 3], [3]) })
        {
            Agreement.Check(new OnnxBuilder().Input("x", x).Weights("w", w).Output("y").Node("MatMul", "w x", "y"));
        }

        Agreement.Check(new OnnxBuilder().Input("x", 2, 3, 4).Weights("w", 4, 5).Weights("b", 5).Output("y").Node("MatMul", "x w", "m").Node("Add", "b m", "a").Node("Relu", "a", "y"));
    }

    [Fact]
    public void ShapeChainsAreConstants()
    {
        OnnxBuilder b = new OnnxBuilder(12).Input("x", 1, 6, 4, 5).Ints("zero", 0).Ints("minus", -1).Ints("one", 1).Ints("big", long.MaxValue).Output("y");
        b.Node("Shape", "x", "s").Node("Gather", "s zero", "n").Node("Slice", "s one big", "tail").Node("ReduceProd", "tail", "p", ("keepdims", 1))
            .Node("Div", "p p", "o").Node("Mul", "o minus", "m").Node("Concat", "n m", "shape", ("axis", 0)).Node("Reshape", "x shape", "y");
        Graph graph = Agreement.Check(b);
        Assert.Equal([1, 120], graph.Outputs[0].Dims);
        Assert.Single(graph.Nodes);
    }

    [Fact]
    public void SlicesPadsAndSplits()
    {
        Agreement.Check(new OnnxBuilder().Input("x", 2, 7, 5).Ints("a", -1, 4).Ints("e", long.MinValue, 0).Ints("ax", 1, -1).Ints("st", -2, -1).Output("y").Node("Slice", "x a e ax st", "y"));
        Agreement.Check(new OnnxBuilder(9).Input("x", 2, 7, 5).Output("y").Node("Slice", "x", "y", ("starts", new[] { 1 }), ("ends", new[] { 100 }), ("axes", new[] { 1 })));
        foreach (string mode in new[] { "constant", "reflect", "edge", "wrap" })
        {
            Agreement.Check(new OnnxBuilder(19).Input("x", 1, 2, 4, 5).Ints("p", 0, 0, 1, 2, 0, 0, 3, 0).Scalar("v", 1.5f).Output("y").Node("Pad", "x p v", "y", ("mode", mode)));
        }

        Agreement.Check(new OnnxBuilder().Input("x", 1, 2, 4, 5).Ints("p", 0, 0, -1, 2, 0, 0, 3, -2).Output("y").Node("Pad", "x p", "y"));
        Agreement.Check(new OnnxBuilder(18).Input("x", 7, 2).Output("a").Output("b").Output("c").Node("Split", "x", "a b c", ("num_outputs", 3), ("axis", 0)));
        Agreement.Check(new OnnxBuilder(11).Input("x", 7, 2).Output("a").Output("b").Node("Split", "x", "a b", ("split", new[] { 3, 4 })));
    }

    [Theory]
    [InlineData(3, 1, 1)]
    [InlineData(1)]
    [InlineData(2, 3, 4, 5)]
    [InlineData(5)]
    public void PRelu(params int[] slope) =>
        Agreement.Check(new OnnxBuilder().Input("x", 2, 3, 4, 5).Weights("s", slope).Output("y").Node("PRelu", "x s", "y"));

    [Fact]
    public void ClipTakesBoundsFromAttributesOrInputs()
    {
        Agreement.Check(new OnnxBuilder(6 + 1).Input("x", 3, 4).Output("y").Node("Clip", "x", "y", ("min", -0.5f), ("max", 0.5f)));
        Agreement.Check(new OnnxBuilder(13).Input("x", 3, 4).Scalar("m", 0.5f).Output("y").Node("Clip", "x - m", "y"));
        Agreement.Check(new OnnxBuilder(13).Input("x", 3, 4).Scalar("a", 1f).Scalar("m", -0.5f).Output("y").Node("Clip", "x a m", "y"));
    }

    [Fact]
    public void OutputsKeepTheirNames()
    {
        // An input, a constant and one value twice.
        OnnxBuilder b = new OnnxBuilder().Input("x", 2, 3).Weights("w", 2, 3).Output("same").Output("y").Output("again").Output("v");
        Agreement.Check(b.Node("Identity", "x", "same").Node("Add", "x w", "y").Node("Identity", "y", "again").Node("Identity", "w", "v"));
    }
}
