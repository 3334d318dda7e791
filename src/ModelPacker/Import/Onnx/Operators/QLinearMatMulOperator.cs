using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>QLinearMatMul: Dequantize, MatMul, Quantize.</summary>
internal sealed class QLinearMatMulOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["QLinearMatMul"];

    public string Note => "matrices; one scale per factor, or one per column of a constant right factor";

    public int MinimumOpset => 10;

    public void Import(NodeImport n)
    {
        if (n.AllConstant)
        {
            throw new NotFoldableException();
        }

        Value a = Quantized.Dequantize(n, 0);
        Value right = n.Input(3);
        Value b = right.Constant is not null ? DequantizeLinearOperator.Fold(n, 3, 4, 5, Math.Max(0, right.Dims.Length - 1)) : Quantized.Dequantize(n, 3);
        if (a.Dims.Length < 2 || b.Dims.Length < 2)
        {
            throw n.Refused("it multiplies vectors", "Reshape the vectors to matrices.");
        }

        Value y = MatMulOperator.Multiply(n, a, b, temporary: true);
        Quantized.Quantize(n, y, 6, 7);
    }
}
