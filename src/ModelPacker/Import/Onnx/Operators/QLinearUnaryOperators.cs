using EdgeRuntime.Kernels.Elementwise;
using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>QLinearLeakyRelu and QLinearSigmoid of ONNX Runtime: Dequantize, the function, Quantize.</summary>
internal sealed class QLinearUnaryOperators : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["QLinearLeakyRelu", "QLinearSigmoid"];

    public string Domain => "com.microsoft";

    public string Note => "one scale per tensor";

    public void Import(NodeImport n)
    {
        if (n.AllConstant)
        {
            throw new NotFoldableException();
        }

        Unary op = n.Proto.OpType == "QLinearSigmoid" ? new(UnaryFunction.Sigmoid) : new(UnaryFunction.LeakyRelu, n.Real("alpha", 0.01f));
        Value x = Quantized.Dequantize(n, 0);
        Value y = n.Temporary(op, [x], x.Dims);
        Quantized.Quantize(n, y, 3, 4, n.Input(0).Type);
    }
}
