using EdgeRuntime.Bundles;
using EdgeRuntime.Maps;
using ModelPacker.Graphs;

namespace ModelPacker.Lower;

/// <summary>Pooling, reductions and interpolation.</summary>
internal static class PoolingRules
{
    public static void Pool(LoweringContext context, Node node, Pool op)
    {
        int[] x = node.Inputs[0].Dims;
        int[] y = node.Output.Dims;
        GatherTable window = Geometry.Window(x[0], x[2..], y[2..], op.Kernel, op.Strides, op.Dilations, op.PadsBegin);

        // A padded view may only be read through sentinels when they count as absent, which padding with real zeros does not.
        (int input, GatherTable? rows) = context.Rows(context.ViewOf(node.Inputs[0]), 1, padding: false, node.Name + "/rows");
        GatherTable table = rows is null ? window : Geometry.Compose(window, rows);
        int output = context.DefineRows(node.Output, 1);
        int divisor = 0;
        if (op.Average && op.CountPadding)
        {
            int[] counts = Geometry.PaddedCounts(x[2..], y[2..], op);
            divisor = counts[0];
            if (Array.Exists(counts, c => c != counts[0]))
            {
                float[] weights = new float[table.Entries.Length];
                for (int i = 0; i < weights.Length; i++)
                {
                    weights[i] = 1f / counts[i / table.Taps % counts.Length];
                }

                Add(context, new ResampleStep(node.Name, [input], output, 0), table, weights);
                return;
            }
        }

        Add(context, new PoolStep(node.Name, [input], output, op.Average, divisor), table);
    }

    public static void Reduce(LoweringContext context, Node node, Reduce op)
    {
        View x = context.ViewOf(node.Inputs[0]);
        int[] dims = node.Inputs[0].Dims;
        bool[] reduced = new bool[dims.Length];
        Array.ForEach(op.Axes, a => reduced[a] = true);
        int axis = x.Offsets is null ? x.FindAxis() : -2;
        if (axis < 0 || reduced[axis])
        {
            axis = Array.FindLastIndex(reduced, r => !r);
        }

        int[] rowDims = [.. dims.Where((_, i) => i != axis)];
        bool[] rowReduced = [.. reduced.Where((_, i) => i != axis)];
        int taps = View.Product([.. rowDims.Where((_, i) => rowReduced[i])]);
        int rows = View.Product([.. rowDims.Where((_, i) => !rowReduced[i])]);
        int[] entries = new int[rows * taps];
        int[] filled = new int[rows];
        int[] index = new int[rowDims.Length];
        for (int r = 0; r < entries.Length; r++, Geometry.Advance(index, rowDims))
        {
            int target = 0;
            for (int i = 0; i < index.Length; i++)
            {
                target = rowReduced[i] ? target : (target * rowDims[i]) + index[i];
            }

            entries[(target * taps) + filled[target]++] = r;
        }

        (int input, GatherTable? table) = context.Rows(x, axis, padding: false, node.Name + "/rows");
        GatherTable window = new(rows, taps, rowDims.Length == 0 ? 1 : View.Product(rowDims), entries);
        int channels = axis < 0 ? 1 : dims[axis];
        int output = context.AddMap(node.Output.Name, rows, channels, node.Output.Dims, node.Output.Quantization);

        // With the reduced axes kept as 1 the arrangement is plain rows; dropping them is a reshape.
        int[] kept = [.. dims.Select((d, i) => reduced[i] ? 1 : d)];
        context.Define(node.Output, View.OfRows(output, kept, axis).Reshape(node.Output.Dims));
        Add(context, new PoolStep(node.Name, [input], output, op.Kind != ReduceKind.Maximum, op.Kind == ReduceKind.Sum ? 1 : 0),
            table is null ? window : Geometry.Compose(window, table));
    }

    public static void Resample(LoweringContext context, Node node, Resample op)
    {
        int[] x = node.Inputs[0].Dims;
        int[] y = node.Output.Dims;
        int axis = x.Length > 1 && op.Positions[1] is null ? 1 : Array.FindLastIndex(op.Positions, p => p is null);
        (int input, GatherTable? rows) = context.Rows(context.ViewOf(node.Inputs[0]), axis, padding: true, node.Name + "/rows");
        int[] rowAxes = [.. Enumerable.Range(0, x.Length).Where(i => i != axis)];
        int[] outputs = Array.ConvertAll(rowAxes, a => y[a]);
        int[] tapsPerAxis = Array.ConvertAll(rowAxes, a => op.Positions[a] is null ? 1 : op.Positions[a]!.Length / y[a]);
        int taps = View.Product(tapsPerAxis);
        int count = View.Product(outputs);
        int[] entries = new int[count * taps];
        float[] weights = new float[count * taps];
        int[] site = new int[outputs.Length];
        int[] tap = new int[outputs.Length];
        int e = 0;
        for (int o = 0; o < count; o++, Geometry.Advance(site, outputs))
        {
            for (int k = 0; k < taps; k++, Geometry.Advance(tap, tapsPerAxis))
            {
                int row = 0;
                float weight = 1;
                for (int i = 0; i < rowAxes.Length && row >= 0; i++)
                {
                    int a = rowAxes[i];
                    int at = (site[i] * tapsPerAxis[i]) + tap[i];
                    int position = op.Positions[a] is { } p ? p[at] : site[i];
                    weight *= op.Weights[a] is { } w ? w[at] : 1;
                    row = position < 0 ? -1 : (row * x[a]) + position;
                }

                weights[e] = row < 0 ? 0 : weight;
                entries[e++] = row;
            }
        }

        GatherTable window = new(count, taps, View.Product([.. rowAxes.Select(a => x[a])]), entries);
        int output = context.DefineRows(node.Output, axis);
        Add(context, new ResampleStep(node.Name, [input], output, 0), rows is null ? window : Geometry.Compose(window, rows), weights);
    }

    // Pools need their table even where it happens to be the identity.
    private static void Add(LoweringContext context, Step step, GatherTable table, float[]? weights = null)
        => context.Model.Steps.Add(new LoweredStep(step, [table]) { Weights = weights });
}
