using EdgeRuntime.Kernels.Elementwise;
using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>PRelu.</summary>
internal sealed class PReluOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["PRelu"];

    public string Note => "any slope; constant ones per channel are fastest";

    public void Import(NodeImport n)
    {
        Value x = n.Float(0);
        Value slope = n.Float(1);
        if (n.AllConstant)
        {
            throw new NotFoldableException();
        }

        if (n.Opset < 7 && slope.Constant is { Count: var count } && x.Dims.Length > 1 && count == x.Dims[1])
        {
            // Before numpy broadcasting a row of slopes always meant the channels.
            n.Emit(new PRelu(), [x, n.NewConstant(Tensor.Of(slope.Constant.ToFloats(), count), "slope")], x.Dims);
            return;
        }

        if (!MatrixShapes.BroadcastsTo(slope.Dims, x.Dims))
        {
            throw n.Bad($"has a slope of shape [{string.Join("×", slope.Dims)}] for [{string.Join("×", x.Dims)}]");
        }

        if (slope.Constant is not null && ChannelConstants.TryRead(slope, x.Dims, out float[] values))
        {
            n.Emit(new PRelu(), [x, n.NewConstant(Tensor.Of(values, values.Length), "slope")], x.Dims);
            return;
        }

        // max(x, 0) + slope·min(x, 0)
        Value positive = n.Temporary(new Unary(UnaryFunction.Relu), [x], x.Dims);
        Value negative = n.Temporary(new Unary(UnaryFunction.Clip, float.NegativeInfinity, 0), [x], x.Dims);
        Value scaled = n.Temporary(new Binary(BinaryFunction.Multiply, Clamp.None), [negative, slope], x.Dims);
        n.Emit(new Binary(BinaryFunction.Add, Clamp.None), [positive, scaled], x.Dims);
    }
}
