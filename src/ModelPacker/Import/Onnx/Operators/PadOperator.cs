using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Pad.</summary>
internal sealed class PadOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["Pad"];

    public string Note => "constant, reflect, edge and wrap; negative pads crop";

    public void Import(NodeImport n)
    {
        Value x = n.Data(0);
        int rank = x.Dims.Length;
        bool inputs = n.Opset >= 11;
        string mode = n.Text("mode", "constant");
        float fill = 0;
        if (inputs)
        {
            fill = n.OptionalScalar(2) ?? 0;
        }
        else
        {
            fill = n.Real("value", 0);
        }

        long[] pads = (inputs ? n.OptionalIntegers(1) : n.Integers("pads")) ?? throw n.Bad("lacks its pads");
        int[] axes = n.Has(3) && n.Opset >= 18 ? n.Axes(n.OptionalIntegers(3)!, rank) : [.. Enumerable.Range(0, rank)];
        if (pads.Length != 2 * axes.Length)
        {
            throw n.Bad($"has {pads.Length} pads for {axes.Length} axes");
        }

        var indices = new int[rank][];
        int[] dims = [.. x.Dims];
        bool padded = false;
        for (int i = 0; i < axes.Length; i++)
        {
            (long before, long after) = (pads[i], pads[axes.Length + i]);
            if (before == 0 && after == 0)
            {
                continue;
            }

            padded |= before > 0 || after > 0;
            int axis = axes[i];
            long extent = before + after + x.Dims[axis];
            if (Math.Abs(before) > 1 << 24 || Math.Abs(after) > 1 << 24 || extent < 0)
            {
                throw n.Bad($"pads {x.Dims[axis]} by {before} and {after}");
            }

            indices[axis] = Positions(n, mode, x.Dims[axis], (int)before, (int)after);
            dims[axis] = indices[axis].Length;
        }

        if (padded && mode == "constant" && x.Type != DataType.Float && x.Constant is null)
        {
            throw n.Refused("it pads quantised data with a constant", "Pad before quantising.");
        }

        n.EmitData(new Select(indices, fill), [x], dims);
    }

    private static int[] Positions(NodeImport n, string mode, int extent, int before, int after)
    {
        if (mode != "constant" && (Math.Min(before, after) < 0) && Math.Max(before, after) > 0)
        {
            throw n.Refused($"it crops one end and pads the other in mode '{mode}'", "Use a Slice and a Pad.");
        }

        if (mode == "reflect" && Math.Max(before, after) >= Math.Max(extent, 1))
        {
            throw n.Refused($"it reflects {Math.Max(before, after)} of {extent} positions", "Reflect less than the input's extent.");
        }

        if (extent == 0 && mode != "constant")
        {
            throw n.Bad("pads an empty input");
        }

        var positions = new int[extent + before + after];
        for (int i = 0; i < positions.Length; i++)
        {
            int at = i - before;
            bool inside = at >= 0 && at < extent;
            positions[i] = inside ? at : mode switch
            {
                "constant" => -1,
                "edge" => Math.Clamp(at, 0, extent - 1),
                "reflect" => at < 0 ? -at : (2 * (extent - 1)) - at,
                "wrap" => ((at % extent) + extent) % extent,
                _ => throw n.Bad($"has the unknown mode '{mode}'"),
            };
        }

        return positions;
    }
}
