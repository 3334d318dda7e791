using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Transpose.</summary>
internal sealed class TransposeOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["Transpose"];

    public string Note => "any permutation";

    public void Import(NodeImport n)
    {
        Value x = n.Data(0);
        int rank = x.Dims.Length;
        long[] given = n.Integers("perm") ?? [.. Enumerable.Range(0, rank).Reverse().Select(i => (long)i)];
        if (given.Length != rank)
        {
            throw n.Bad($"permutes {given.Length} axes of an input with {rank}");
        }

        int[] order = n.Axes(given, rank);
        n.EmitData(new Transpose(order), [x], MatrixShapes.Permute(x.Dims, order));
    }
}
