using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>QLinearConcat of ONNX Runtime: Dequantize each, Concat, Quantize.</summary>
internal sealed class QLinearConcatOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["QLinearConcat"];

    public string Domain => "com.microsoft";

    public string Note => "one scale per tensor";

    public void Import(NodeImport n)
    {
        if (n.AllConstant)
        {
            throw new NotFoldableException();
        }

        if (n.InputCount < 5 || n.InputCount % 3 != 2 || !n.HasAttribute("axis"))
        {
            throw n.Bad("needs its axis, and a scale and a zero point for the output and each input");
        }

        Value[] inputs = [.. Enumerable.Range(0, (n.InputCount - 2) / 3).Select(i => Quantized.Dequantize(n, 2 + (3 * i)))];
        (int axis, int[] dims) = ConcatOperator.Resolve(n, inputs, n.Integer("axis", 1));
        Value y = n.Temporary(new Concat(axis), inputs, dims);
        Quantized.Quantize(n, y, 0, 1, n.Input(2).Type);
    }
}
