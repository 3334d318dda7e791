using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Tile.</summary>
internal sealed class TileOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["Tile"];

    public string Note => "constant repeats";

    public void Import(NodeImport n)
    {
        Value x = n.Data(0);
        long[] repeats = n.OptionalIntegers(1) ?? throw n.Bad("lacks its repeats");
        if (repeats.Length != x.Dims.Length || Array.Exists(repeats, r => r is < 0 or > int.MaxValue))
        {
            throw n.Bad($"repeats [{string.Join(", ", repeats)}] an input with {x.Dims.Length} dimensions");
        }

        int[] dims = [.. x.Dims.Select((d, i) => checked((int)(d * repeats[i])))];
        if (MatrixShapes.Count(dims) > ImportContext.MaximumElements)
        {
            throw n.Refused("its output is too large", "Use fewer repeats.");
        }

        var indices = new int[dims.Length][];
        for (int i = 0; i < dims.Length; i++)
        {
            indices[i] = dims[i] == x.Dims[i] ? null! : [.. Enumerable.Range(0, dims[i]).Select(p => p % x.Dims[i])];
        }

        n.EmitData(new Select(indices, 0), [x], dims);
    }
}
