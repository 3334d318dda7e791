using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Shape and Size: shapes are static, so these are constants.</summary>
internal sealed class ShapeOperators : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["Shape", "Size"];

    public string Note => "computed on import";

    public void Import(NodeImport n)
    {
        int[] dims = n.Input(0).Dims;
        if (n.Proto.OpType == "Size")
        {
            n.EmitConstant(Tensor.Of(DataType.Int64, [MatrixShapes.Count(dims)]));
            return;
        }

        int start = Clamp(n.Integer("start", 0), dims.Length);
        int end = Clamp(n.Integer("end", dims.Length), dims.Length);
        long[] shape = [.. dims[start..Math.Max(start, end)].Select(d => (long)d)];
        n.EmitConstant(Tensor.Of(DataType.Int64, shape, shape.Length));
    }

    private static int Clamp(long position, int rank) => (int)Math.Clamp(position < 0 ? position + rank : position, 0, rank);
}
