using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Slice.</summary>
internal sealed class SliceOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["Slice"];

    public string Note => "constant bounds; negative steps";

    public void Import(NodeImport n)
    {
        Value x = n.Data(0);
        bool inputs = n.Opset >= 10;
        long[] starts = (inputs ? n.OptionalIntegers(1) : n.Integers("starts")) ?? throw n.Bad("lacks its starts");
        long[] ends = (inputs ? n.OptionalIntegers(2) : n.Integers("ends")) ?? throw n.Bad("lacks its ends");
        long[] axes = (inputs ? n.OptionalIntegers(3) : n.Integers("axes")) ?? [.. Enumerable.Range(0, starts.Length).Select(i => (long)i)];
        long[] steps = (inputs ? n.OptionalIntegers(4) : null) ?? [.. Enumerable.Repeat(1L, starts.Length)];
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length)
        {
            throw n.Bad("has starts, ends, axes and steps of different lengths");
        }

        int[] resolved = n.Axes(axes, x.Dims.Length);
        var indices = new int[x.Dims.Length][];
        int[] dims = [.. x.Dims];
        for (int i = 0; i < resolved.Length; i++)
        {
            int[] taken = Range(n, starts[i], ends[i], steps[i], x.Dims[resolved[i]]);
            dims[resolved[i]] = taken.Length;
            indices[resolved[i]] = taken;
        }

        n.EmitData(new Select(indices, 0), [x], dims);
    }

    private static int[] Range(NodeImport n, long start, long end, long step, int extent)
    {
        if (step == 0)
        {
            throw n.Bad("has step 0");
        }

        // Bounds may be as extreme as the type allows; adding the extent to a negative one cannot overflow.
        long first = start < 0 ? start + extent : start;
        long last = end < 0 ? end + extent : end;
        first = step > 0 ? Math.Clamp(first, 0, extent) : Math.Clamp(first, 0, extent - 1);
        last = step > 0 ? Math.Clamp(last, 0, extent) : Math.Clamp(last, -1, extent - 1);
        step = Math.Clamp(step, -int.MaxValue, int.MaxValue);
        var taken = new List<int>();
        for (long at = first; step > 0 ? at < last : at > last; at += step)
        {
            taken.Add((int)at);
        }

        return extent == 0 ? [] : [.. taken];
    }
}
