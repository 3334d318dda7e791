using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels.Elementwise;
using EdgeRuntime.Maps;
using ModelPacker.Graphs;

namespace ModelPacker.Lower;

/// <summary>Operators that only rearrange: views where possible, copies where a step wants rows.</summary>
internal static class LayoutRules
{
    public static void Transpose(LoweringContext context, Node node, Transpose op)
    {
        View x = context.ViewOf(node.Inputs[0]);
        int[] dims = node.Output.Dims;
        int axis = x.Offsets is null ? x.FindAxis() : -2;
        if (axis != -2 && KeepsOrder(x.Dims, op.Permutation, axis))
        {
            context.Define(node.Output, View.OfRows(x.Map, dims, axis < 0 ? -1 : Array.IndexOf(op.Permutation, axis)));
            return;
        }

        int[] source = x.GetOffsets();
        int[] strides = new int[dims.Length];
        for (int i = 0; i < dims.Length; i++)
        {
            strides[i] = View.Product(x.Dims.AsSpan(op.Permutation[i] + 1));
        }

        int[] offsets = new int[source.Length];
        int[] index = new int[dims.Length];
        for (int i = 0; i < offsets.Length; i++, Geometry.Advance(index, dims))
        {
            int from = 0;
            for (int a = 0; a < index.Length; a++)
            {
                from += index[a] * strides[a];
            }

            offsets[i] = source[from];
        }

        context.Define(node.Output, View.OfOffsets(x.Map, dims, offsets, x.Fill));
    }

    public static void Select(LoweringContext context, Node node, Select op)
    {
        View x = context.ViewOf(node.Inputs[0]);
        bool fills = Array.Exists(op.Indices, i => i is not null && Array.Exists(i, p => p < 0));
        if (fills && x.Offsets is not null && x.Fill != op.Fill && Array.Exists(x.Offsets, o => o < 0))
        {
            int axis = LoweringContext.DefaultAxis(x.Dims);
            x = View.OfRows(context.DenseRows(x, axis, node.Name + "/rows"), x.Dims, axis);
        }

        context.Define(node.Output, Take(x, node.Output.Dims, op.Indices, fills ? op.Fill : x.Fill));
    }

    /// <summary>The listed positions of each axis (null: all); -1 gives <paramref name="fill"/>.</summary>
    public static View Take(View x, int[] dims, int[]?[] indices, float fill)
    {
        int[] source = x.GetOffsets();
        int[] offsets = new int[View.Product(dims)];
        int[] strides = new int[dims.Length];
        for (int a = 0; a < dims.Length; a++)
        {
            strides[a] = View.Product(x.Dims.AsSpan(a + 1));
        }

        int[] index = new int[dims.Length];
        for (int i = 0; i < offsets.Length; i++, Geometry.Advance(index, dims))
        {
            int from = 0;
            for (int a = 0; a < index.Length && from >= 0; a++)
            {
                int position = indices[a] is { } list ? list[index[a]] : index[a];
                from = position < 0 ? -1 : from + (position * strides[a]);
            }

            offsets[i] = from < 0 ? -1 : source[from];
        }

        return View.OfOffsets(x.Map, dims, offsets, fill);
    }

    public static void Identity(LoweringContext context, Node node)
    {
        View x = context.ViewOf(node.Inputs[0]);
        LoweredMap source = context.Model.Maps[x.Map];
        if (!source.Integer)
        {
            ElementwiseRules.Pointwise(context, node, x, UnaryFunction.Linear, 1, 0);
            return;
        }

        int copy = context.AddMap(node.Output.Name, source.Rows, source.Channels, source.Dims, source.Prescribed, integer: true);
        context.AddStep(new GatherStep(node.Name, [x.Map], copy, source.Channels, 0), [null]);
        context.Define(node.Output, x.InMap(copy));
    }

    public static void Concat(LoweringContext context, Node node, Concat op)
    {
        View[] views = [.. node.Inputs.Select(context.ViewOf)];
        int rank = node.Output.Dims.Length;
        int behind = Enumerable.Range(op.Axis + 1, rank - op.Axis - 1).FirstOrDefault(a => Array.TrueForAll(views, v => v.HasRows(a)), -1);
        bool outermost = View.Product(node.Output.Dims.AsSpan(0, op.Axis)) == 1;
        bool channels = Array.TrueForAll(views, v => v.HasRows(op.Axis));
        if (!channels && outermost && op.Axis < rank - 1)
        {
            int axis = behind >= 0 ? behind : rank - 1;
            int[] maps = Array.ConvertAll(views, v => context.DenseRows(v, axis, node.Name + "/rows"));
            int joined = context.DefineRows(node.Output, axis);
            context.AddStep(new ConcatStep(node.Name, maps, joined, AlongRows: true), new GatherTable?[maps.Length]);
            return;
        }

        (int Map, GatherTable? Table)[] parts = Array.ConvertAll(views, v => context.Rows(v, op.Axis, padding: false, node.Name + "/rows"));
        int output = context.DefineRows(node.Output, op.Axis);
        context.AddStep(new ConcatStep(node.Name, Array.ConvertAll(parts, p => p.Map), output, AlongRows: false), Array.ConvertAll(parts, p => p.Table));
    }

    // Axes of extent 1 may move freely; the other row axes must stay in order for the rows to stay as they are.
    private static bool KeepsOrder(int[] dims, int[] permutation, int channelAxis)
    {
        int last = -1;
        foreach (int axis in permutation)
        {
            if (axis == channelAxis || dims[axis] == 1)
            {
                continue;
            }

            if (axis < last)
            {
                return false;
            }

            last = axis;
        }

        return true;
    }
}
