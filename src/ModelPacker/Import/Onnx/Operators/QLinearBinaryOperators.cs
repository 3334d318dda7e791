using EdgeRuntime.Kernels.Elementwise;
using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>QLinearAdd and QLinearMul of ONNX Runtime: Dequantize, the operation, Quantize.</summary>
internal sealed class QLinearBinaryOperators : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["QLinearAdd", "QLinearMul"];

    public string Domain => "com.microsoft";

    public string Note => "one scale per tensor";

    public void Import(NodeImport n)
    {
        if (n.AllConstant)
        {
            throw new NotFoldableException();
        }

        Value a = Quantized.Dequantize(n, 0);
        Value b = Quantized.Dequantize(n, 3);
        BinaryFunction function = n.Proto.OpType == "QLinearAdd" ? BinaryFunction.Add : BinaryFunction.Multiply;
        Value y = n.Temporary(new Binary(function, Clamp.None), [a, b], MatrixShapes.Broadcast(n, a.Dims, b.Dims));
        Quantized.Quantize(n, y, 6, 7, n.Input(0).Type);
    }
}
