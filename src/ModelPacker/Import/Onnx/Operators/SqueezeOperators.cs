using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Squeeze and Unsqueeze.</summary>
internal sealed class SqueezeOperators : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["Squeeze", "Unsqueeze"];

    public string Note => "constant axes, as attribute or input";

    public void Import(NodeImport n)
    {
        Value x = n.Data(0);
        long[]? axes = n.Opset >= 13 ? n.OptionalIntegers(1) : n.Integers("axes");
        n.EmitData(new Reshape(), [x], n.Proto.OpType == "Squeeze" ? Squeeze(n, x.Dims, axes) : Unsqueeze(n, x.Dims, axes));
    }

    private static int[] Squeeze(NodeImport n, int[] dims, long[]? axes)
    {
        if (axes is null)
        {
            return [.. dims.Where(d => d != 1)];
        }

        int[] dropped = n.Axes(axes, dims.Length);
        if (Array.Exists(dropped, a => dims[a] != 1))
        {
            throw n.Bad($"squeezes an axis of [{string.Join("×", dims)}] that is longer than 1");
        }

        return [.. dims.Where((_, i) => !dropped.Contains(i))];
    }

    private static int[] Unsqueeze(NodeImport n, int[] dims, long[]? axes)
    {
        if (axes is null)
        {
            throw n.Bad("lacks its axes");
        }

        int[] added = n.Axes(axes, dims.Length + axes.Length);
        var result = new int[dims.Length + added.Length];
        int at = 0;
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = added.Contains(i) ? 1 : dims[at++];
        }

        return result;
    }
}
