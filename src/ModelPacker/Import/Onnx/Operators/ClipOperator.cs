using EdgeRuntime.Kernels.Elementwise;
using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Clip.</summary>
internal sealed class ClipOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["Clip"];

    public string Note => "bounds as attributes or inputs";

    public void Import(NodeImport n)
    {
        Value x = n.Float(0);
        if (n.Opset >= 11 && ((n.Has(1) && n.Input(1).Constant is null) || (n.Has(2) && n.Input(2).Constant is null)))
        {
            ComputedBounds(n, x);
            return;
        }

        // ONNX takes the lowest and the highest float where a bound is missing, which cuts off infinities.
        float minimum = (n.Opset < 11 ? n.Real("min", float.MinValue) : n.OptionalScalar(1)) ?? float.MinValue;
        float maximum = (n.Opset < 11 ? n.Real("max", float.MaxValue) : n.OptionalScalar(2)) ?? float.MaxValue;
        if (float.IsNaN(minimum) || float.IsNaN(maximum))
        {
            throw n.Refused("a bound is not a number", "Give proper bounds.");
        }

        Unary op = minimum == 0 && maximum >= float.MaxValue ? new(UnaryFunction.Relu) : new(UnaryFunction.Clip, minimum, maximum);
        n.Emit(op, [x], x.Dims);
    }

    private static void ComputedBounds(NodeImport n, Value x)
    {
        bool upper = n.Has(2);
        if (n.Has(1))
        {
            Value low = n.Float(1);
            int[] dims = MatrixShapes.Broadcast(n, x.Dims, low.Dims);
            var op = new Binary(BinaryFunction.Maximum, Clamp.None);
            x = upper ? n.Temporary(op, [x, low], dims) : n.Emit(op, [x, low], dims);
        }

        if (upper)
        {
            Value high = n.Float(2);
            n.Emit(new Binary(BinaryFunction.Minimum, Clamp.None), [x, high], MatrixShapes.Broadcast(n, x.Dims, high.Dims));
        }
    }
}
