using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>DepthToSpace and SpaceToDepth: a transposition between two reshapes.</summary>
internal sealed class DepthToSpaceOperators : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["DepthToSpace", "SpaceToDepth"];

    public string Note => "DCR and CRD";

    public void Import(NodeImport n)
    {
        Value x = n.Data(0);
        long size = n.Integer("blocksize", 0);
        if (size is < 1 or > 1 << 12 || x.Dims.Length != 4)
        {
            throw n.Bad($"has blocksize {size} for an input with {x.Dims.Length} dimensions");
        }

        int b = (int)size;
        (int batch, int c, int h, int w) = (x.Dims[0], x.Dims[1], x.Dims[2], x.Dims[3]);
        if (n.Proto.OpType == "DepthToSpace")
        {
            string mode = n.Text("mode", "DCR");
            if (c % (b * b) != 0 || mode is not ("DCR" or "CRD"))
            {
                throw n.Bad($"has mode '{mode}' and blocksize {b} for {c} channels");
            }

            int inner = c / (b * b);
            int[] split = mode == "DCR" ? [batch, b, b, inner, h, w] : [batch, inner, b, b, h, w];
            int[] order = mode == "DCR" ? [0, 3, 4, 1, 5, 2] : [0, 1, 4, 2, 5, 3];
            Emit(n, x, split, order, [batch, inner, h * b, w * b]);
            return;
        }

        if (h % b != 0 || w % b != 0)
        {
            throw n.Bad($"has blocksize {b} for {h}×{w}");
        }

        Emit(n, x, [batch, c, h / b, b, w / b, b], [0, 3, 5, 1, 2, 4], [batch, checked(c * b * b), h / b, w / b]);
    }

    private static void Emit(NodeImport n, Value x, int[] split, int[] order, int[] dims)
    {
        Value blocks = n.Temporary(new Reshape(), [x], split, x.Type);
        Value moved = n.Temporary(new Transpose(order), [blocks], MatrixShapes.Permute(split, order), x.Type);
        n.EmitData(new Reshape(), [moved], dims);
    }
}
