using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Flatten.</summary>
internal sealed class FlattenOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["Flatten"];

    public string Note => "any axis";

    public void Import(NodeImport n)
    {
        Value x = n.Data(0);
        int rank = x.Dims.Length;
        long given = n.Integer("axis", 1);
        long axis = given < 0 ? given + rank : given;
        if (axis < 0 || axis > rank)
        {
            throw n.Bad($"has axis {given}, but its input has {rank} dimensions");
        }

        int[] dims = [(int)MatrixShapes.Count(x.Dims[..(int)axis]), (int)MatrixShapes.Count(x.Dims[(int)axis..])];
        n.EmitData(new Reshape(), [x], dims);
    }
}
