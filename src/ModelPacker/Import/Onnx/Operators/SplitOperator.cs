using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Split.</summary>
internal sealed class SplitOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["Split"];

    public string Note => "constant sizes; no empty parts";

    public void Import(NodeImport n)
    {
        Value x = n.Data(0);
        int axis = n.Axis(n.Integer("axis", 0), x.Dims.Length);
        int extent = x.Dims[axis];
        long[] sizes = (n.Opset < 13 ? n.Integers("split") : n.OptionalIntegers(1)) ?? Equal(n, extent);
        if (n.Opset >= 18 && n.HasAttribute("num_outputs") && n.Integer("num_outputs", 0) != n.OutputCount)
        {
            throw n.Bad("has another number of outputs than num_outputs says");
        }

        if (sizes.Length != n.OutputCount || Array.Exists(sizes, s => s < 0 || s > extent) || sizes.Sum() != extent)
        {
            throw n.Bad($"splits {extent} into [{string.Join(", ", sizes)}] for {n.OutputCount} outputs");
        }

        int start = 0;
        for (int i = 0; i < sizes.Length; i++)
        {
            if (n.IsUsed(i))
            {
                var indices = new int[x.Dims.Length][];
                indices[axis] = [.. Enumerable.Range(start, (int)sizes[i])];
                int[] dims = [.. x.Dims];
                dims[axis] = (int)sizes[i];
                n.EmitData(new Select(indices, 0), [x], dims, i);
            }

            start += (int)sizes[i];
        }
    }

    /// <summary>Equal parts; since opset 18 the last one may be smaller.</summary>
    private static long[] Equal(NodeImport n, int extent)
    {
        int count = n.OutputCount;
        if (extent % count != 0 && n.Opset < 18)
        {
            throw n.Bad($"splits {extent} into {count} equal parts");
        }

        int part = (extent + count - 1) / count;
        var sizes = new long[count];
        Array.Fill(sizes, part);
        sizes[^1] = extent - ((long)part * (count - 1));
        return sizes;
    }
}
