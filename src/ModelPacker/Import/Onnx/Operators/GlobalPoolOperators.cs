using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>GlobalAveragePool and GlobalMaxPool.</summary>
internal sealed class GlobalPoolOperators : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["GlobalAveragePool", "GlobalMaxPool"];

    public string Note => "1-D, 2-D and 3-D";

    public void Import(NodeImport n)
    {
        Value x = n.Float(0);
        if (x.Dims.Length is < 3 or > 5)
        {
            throw n.Bad($"has an input with {x.Dims.Length} dimensions where 3 to 5 are supported");
        }

        n.Emit(Whole(x.Dims, n.Proto.OpType == "GlobalAveragePool"), [x], Reduced(x.Dims));
    }

    /// <summary>A pool over the whole map.</summary>
    public static Pool Whole(int[] dims, bool average)
    {
        int[] ones = [.. Enumerable.Repeat(1, dims.Length - 2)];
        int[] zeros = new int[dims.Length - 2];
        return new Pool(average, dims[2..], ones, ones, zeros, zeros, false);
    }

    /// <summary>Output extents of a global pool.</summary>
    public static int[] Reduced(int[] dims) => [dims[0], dims[1], .. Enumerable.Repeat(1, dims.Length - 2)];
}
