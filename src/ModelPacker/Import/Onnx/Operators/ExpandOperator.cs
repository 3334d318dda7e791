using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Expand.</summary>
internal sealed class ExpandOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["Expand"];

    public string Note => "constant shape";

    public void Import(NodeImport n)
    {
        Value x = n.Data(0);
        long[] shape = n.OptionalIntegers(1) ?? throw n.Bad("lacks its shape");
        int[] target = Array.ConvertAll(shape, d => d is >= 0 and <= int.MaxValue ? (int)d : throw n.Bad($"has the extent {d} in its shape"));
        int[] dims = MatrixShapes.Broadcast(n, x.Dims, target);
        int[] padded = [.. Enumerable.Repeat(1, dims.Length - x.Dims.Length), .. x.Dims];
        if (padded.SequenceEqual(dims))
        {
            n.EmitData(new Reshape(), [x], dims);
            return;
        }

        if (MatrixShapes.Count(dims) > ImportContext.MaximumElements)
        {
            throw n.Refused("its output is too large", "Use a smaller shape.");
        }

        Value source = padded.Length == x.Dims.Length ? x : n.Temporary(new Reshape(), [x], padded, x.Type);
        var indices = new int[dims.Length][];
        for (int i = 0; i < dims.Length; i++)
        {
            indices[i] = padded[i] == dims[i] ? null! : new int[dims[i]];
        }

        n.EmitData(new Select(indices, 0), [source], dims);
    }
}
