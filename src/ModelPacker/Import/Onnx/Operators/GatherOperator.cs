using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Gather.</summary>
internal sealed class GatherOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["Gather"];

    public string Note => "constant indices";

    public void Import(NodeImport n)
    {
        Value x = n.Data(0);
        Tensor indices = n.Constant(1);
        long[] positions = indices.Integers ?? throw n.Bad("needs integer indices");
        int axis = n.Axis(n.Integer("axis", 0), x.Dims.Length);
        int extent = x.Dims[axis];
        var taken = new int[x.Dims.Length][];
        taken[axis] = Array.ConvertAll(positions, p => p >= -extent && p < extent ? (int)(p < 0 ? p + extent : p) : throw n.Bad($"takes position {p} of {extent}"));
        int[] flat = [.. x.Dims];
        flat[axis] = positions.Length;
        int[] dims = [.. x.Dims[..axis], .. indices.Dims, .. x.Dims[(axis + 1)..]];
        if (indices.Dims.Length == 1)
        {
            n.EmitData(new Select(taken, 0), [x], dims);
            return;
        }

        Value selected = n.Temporary(new Select(taken, 0), [x], flat, x.Type);
        n.EmitData(new Reshape(), [selected], dims);
    }
}
