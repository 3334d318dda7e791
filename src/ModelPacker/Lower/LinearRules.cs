using EdgeRuntime.Bundles;
using EdgeRuntime.Maps;
using ModelPacker.Graphs;

namespace ModelPacker.Lower;

/// <summary>Fully connected layers (a convolution whose window is the whole map) and products of activations.</summary>
internal static class LinearRules
{
    public static void Linear(LoweringContext context, Node node, Linear op)
    {
        View x = context.ViewOf(node.Inputs[0]);
        int[] dims = node.Inputs[0].Dims;
        int depth = dims[^1];
        int count = View.Product(dims) / depth;
        int outputs = node.Output.Dims[^1];
        float[] source = node.Inputs[1].Constant!.Floats!;
        float[] bias = node.Inputs.Count > 2 ? node.Inputs[2].Constant!.ToFloats() : new float[outputs];
        int input;
        GatherTable? table;
        float[] weights;
        if (!x.HasRows(dims.Length - 1) && TryWholeRows(context, x, depth, count, out int[] position, out GatherTable? whole))
        {
            input = x.Map;
            table = whole;
            weights = new float[source.Length];
            for (int n = 0; n < outputs; n++)
            {
                for (int k = 0; k < depth; k++)
                {
                    weights[(n * depth) + position[k]] = source[(n * depth) + k];
                }
            }
        }
        else
        {
            (input, table) = context.Rows(x, dims.Length - 1, padding: true, node.Name + "/rows");
            weights = source;
        }

        int output = context.DefineRows(node.Output, node.Output.Dims.Length - 1);
        context.AddStep(new ConvolutionStep(node.Name, [input], output, table?.Taps ?? 1, 1, 0, 0, 0, op.Clamp.Minimum, op.Clamp.Maximum), [table],
            weights, bias, node.Inputs[1].WeightScales);
    }

    public static void MatMul(LoweringContext context, Node node)
    {
        int[] a = node.Inputs[0].Dims;
        int[] b = node.Inputs[1].Dims;
        int[] y = node.Output.Dims;
        int left = context.DenseRows(context.ViewOf(node.Inputs[0]), a.Length - 1, node.Name + "/a");
        int right = context.DenseRows(context.ViewOf(node.Inputs[1]), b.Length - 1, node.Name + "/b");
        int batch = View.Product(y.AsSpan(0, y.Length - 2));
        int output = context.DefineRows(node.Output, y.Length - 1);
        context.AddStep(new MatMulStep(node.Name, [left, right], output, batch, a[^2], a[^1], b[^1]),
            [BatchTable(a[..^2], y[..^2]), BatchTable(b[..^2], y[..^2])]);
    }

    private static GatherTable BatchTable(int[] from, int[] to)
    {
        int batch = View.Product(to);
        int[] entries = new int[batch];
        int[] index = new int[to.Length];
        for (int i = 0; i < batch; i++, Geometry.Advance(index, to))
        {
            int source = 0;
            for (int axis = 0; axis < from.Length; axis++)
            {
                source = (source * from[axis]) + (from[axis] == 1 ? 0 : index[axis + to.Length - from.Length]);
            }

            entries[i] = source;
        }

        return new GatherTable(batch, 1, View.Product(from), entries);
    }

    // A flattened map: every item's elements are whole rows in some order. Then the rows are taps and only the weights change places.
    private static bool TryWholeRows(LoweringContext context, View x, int depth, int count, out int[] position, out GatherTable? table)
    {
        LoweredMap map = context.Model.Maps[x.Map];
        int channels = map.Channels;
        position = new int[depth];
        table = null;
        int[] offsets = x.GetOffsets();
        if (depth % channels != 0 || Array.Exists(offsets, o => o < 0))
        {
            return false;
        }

        int taps = depth / channels;
        int[] entries = new int[count * taps];
        int[] tapOfRow = new int[map.Rows];
        bool[] used = new bool[depth];
        for (int item = 0; item < count; item++)
        {
            ReadOnlySpan<int> mine = offsets.AsSpan(item * depth, depth);
            Array.Fill(tapOfRow, -1);
            int found = 0;
            for (int k = 0; k < depth; k++)
            {
                int row = mine[k] / channels;
                if (tapOfRow[row] < 0)
                {
                    if (found == taps)
                    {
                        return false;
                    }

                    entries[(item * taps) + found] = row;
                    tapOfRow[row] = found++;
                }

                int place = (tapOfRow[row] * channels) + (mine[k] % channels);
                if (item == 0)
                {
                    if (used[place])
                    {
                        return false;
                    }

                    used[place] = true;
                    position[k] = place;
                }
                else if (position[k] != place)
                {
                    return false;
                }
            }
        }

        table = new GatherTable(count, taps, map.Rows, entries);
        return true;
    }
}
