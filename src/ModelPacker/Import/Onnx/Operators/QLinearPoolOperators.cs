using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>QLinearAveragePool and QLinearGlobalAveragePool of ONNX Runtime: Dequantize, Pool, Quantize.</summary>
internal sealed class QLinearPoolOperators : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["QLinearAveragePool", "QLinearGlobalAveragePool"];

    public string Domain => "com.microsoft";

    public string Note => "channels first";

    public void Import(NodeImport n)
    {
        if (n.AllConstant)
        {
            throw new NotFoldableException();
        }

        if (n.Flag("channels_last"))
        {
            throw n.Refused("its channels come last", "Export the model with channels first.");
        }

        Value x = Quantized.Dequantize(n, 0);
        if (x.Dims.Length < 3)
        {
            throw n.Bad("needs an input with spatial axes");
        }

        Value y = n.Proto.OpType == "QLinearAveragePool"
            ? PoolOperators.Emit(n, x, average: true, emit: false)
            : n.Temporary(GlobalPoolOperators.Whole(x.Dims, average: true), [x], GlobalPoolOperators.Reduced(x.Dims));
        Quantized.Quantize(n, y, 3, 4, n.Input(0).Type);
    }
}
