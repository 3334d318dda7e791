using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>MaxPool and AveragePool.</summary>
internal sealed class PoolOperators : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["MaxPool", "AveragePool"];

    public string Note => "1-D, 2-D and 3-D; no Indices output";

    public void Import(NodeImport n)
    {
        bool average = n.Proto.OpType == "AveragePool";
        Value x = average ? n.Float(0) : n.Data(0);
        if (!average)
        {
            // Only the order of the Indices output depends on it.
            n.Ignore("storage_order");
        }

        Emit(n, x, average);
    }

    /// <summary>Emits the pool with the node's attributes.</summary>
    public static Value Emit(NodeImport n, Value x, bool average, bool emit = true)
    {
        if (n.AllConstant)
        {
            throw new NotFoldableException();
        }

        int spatial = x.Dims.Length - 2;
        if (spatial is < 1 or > 3)
        {
            throw n.Bad($"has an input with {x.Dims.Length} dimensions where 3 to 5 are supported");
        }

        int[] kernel = Window.Kernels(n, spatial);
        Window window = Window.Read(n, x.Dims[2..], kernel, n.Flag("ceil_mode"));
        bool countPadding = average && n.Flag("count_include_pad");
        for (int i = 0; i < spatial; i++)
        {
            if (Empty(x.Dims[2 + i], window, i, countPadding))
            {
                throw n.Refused("one of its windows holds nothing but padding", "Make the pads smaller than the kernel.");
            }
        }

        var op = new Pool(average, kernel, window.Strides, window.Dilations, window.PadsBegin, window.PadsEnd, countPadding);
        int[] dims = [x.Dims[0], x.Dims[1], .. window.Output];
        return !emit ? n.Temporary(op, [x], dims) : average ? n.Emit(op, [x], dims) : n.EmitData(op, [x], dims);
    }

    private static bool Empty(int extent, Window w, int axis, bool countPadding)
    {
        for (int o = 0; o < w.Output[axis]; o++)
        {
            // The first tap that does not lie in front of the image decides.
            int start = (o * w.Strides[axis]) - w.PadsBegin[axis];
            int tap = start >= 0 || countPadding ? 0 : (-start + w.Dilations[axis] - 1) / w.Dilations[axis];
            int at = start + (tap * w.Dilations[axis]);
            if (tap >= w.Kernel[axis] || at >= extent + (countPadding ? w.PadsEnd[axis] : 0))
            {
                return true;
            }
        }

        return false;
    }
}
