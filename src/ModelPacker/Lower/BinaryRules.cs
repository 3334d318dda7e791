using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels.Elementwise;
using EdgeRuntime.Maps;
using ModelPacker.Graphs;

namespace ModelPacker.Lower;

/// <summary>Functions of two values with broadcasting.</summary>
internal static class BinaryRules
{
    public static void Binary(LoweringContext context, Node node, Binary op)
    {
        Value a = node.Inputs[0];
        Value b = node.Inputs[1];
        if ((a.Constant is not null && TryConstant(context, node, op, b, a.Constant, constantFirst: true))
            || (b.Constant is not null && TryConstant(context, node, op, a, b.Constant, constantFirst: false)))
        {
            return;
        }

        View left = Broadcast(context.ViewOf(a), node.Output.Dims);
        View right = Broadcast(context.ViewOf(b), node.Output.Dims);
        if (left.Offsets is null && left.SameLayout(right))
        {
            LoweredMap source = context.Model.Maps[left.Map];
            int map = context.AddMap(node.Output.Name, source.Rows, source.Channels, node.Output.Dims, node.Output.Quantization);
            context.Define(node.Output, left.InMap(map));
            context.AddStep(new BinaryStep(node.Name, [left.Map, right.Map], map, op.Function, op.Clamp.Minimum, op.Clamp.Maximum), [null, null]);
            return;
        }

        int axis = left.Offsets is null ? left.FindAxis() : -2;
        axis = axis == -2 && right.Offsets is null ? right.FindAxis() : axis;
        axis = axis == -2 ? LoweringContext.DefaultAxis(node.Output.Dims) : axis;
        (int x, GatherTable? tableX) = context.Rows(left, axis, padding: false, node.Name + "/a");
        (int y, GatherTable? tableY) = context.Rows(right, axis, padding: false, node.Name + "/b");
        int output = context.DefineRows(node.Output, axis);
        context.AddStep(new BinaryStep(node.Name, [x, y], output, op.Function, op.Clamp.Minimum, op.Clamp.Maximum), [tableX, tableY]);
    }

    // Operations with one number, or with one number per channel, need no second map.
    private static bool TryConstant(LoweringContext context, Node node, Binary op, Value x, Tensor constant, bool constantFirst)
    {
        float[] values = constant.ToFloats();
        View view = context.ViewOf(x);
        bool sameShape = x.Dims.AsSpan().SequenceEqual(node.Output.Dims);
        if (!sameShape)
        {
            return false;
        }

        if (values.Length == 1)
        {
            return TryScalar(context, node, op, view, values[0], constantFirst);
        }

        int axis = ElementwiseRules.SingleAxis(constant.Dims, node.Output.Dims);
        bool ratio = op.Function == BinaryFunction.Divide && constantFirst;
        if (axis < 0 || op.Function > BinaryFunction.Divide || ratio || !view.HasRows(axis))
        {
            return false;
        }

        float[] scale = new float[values.Length];
        float[] shift = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            (scale[i], shift[i]) = Linear(op.Function, values[i], constantFirst);
        }

        ElementwiseRules.Affine(context, node, view, axis, scale, shift, op.Clamp);
        return true;
    }

    private static (float Scale, float Shift) Linear(BinaryFunction function, float value, bool constantFirst) => function switch
    {
        BinaryFunction.Add => (1, value),
        BinaryFunction.Subtract => constantFirst ? (-1, value) : (1, -value),
        BinaryFunction.Multiply => (value, 0),
        _ => (1 / value, 0),
    };

    private static bool TryScalar(LoweringContext context, Node node, Binary op, View view, float value, bool constantFirst)
    {
        if (op.Clamp != Clamp.None)
        {
            return false;
        }

        (UnaryFunction Function, float Alpha, float Beta)? form = op.Function switch
        {
            BinaryFunction.Minimum => (UnaryFunction.Clip, float.NegativeInfinity, value),
            BinaryFunction.Maximum => (UnaryFunction.Clip, value, float.PositiveInfinity),
            BinaryFunction.Power when !constantFirst && value == 0.5f => (UnaryFunction.Sqrt, 0, 0),
            BinaryFunction.Power when !constantFirst && value == 1 => (UnaryFunction.Linear, 1, 0),
            BinaryFunction.Power when !constantFirst && value == -1 => (UnaryFunction.Reciprocal, 0, 0),
            BinaryFunction.Power => null,
            BinaryFunction.Divide when constantFirst && value == 1 => (UnaryFunction.Reciprocal, 0, 0),
            BinaryFunction.Divide when constantFirst => null,
            BinaryFunction.Divide when value == 0 => null,
            _ => (UnaryFunction.Linear, Linear(op.Function, value, constantFirst).Scale, Linear(op.Function, value, constantFirst).Shift),
        };
        if (form is null)
        {
            return false;
        }

        ElementwiseRules.Pointwise(context, node, view, form.Value.Function, form.Value.Alpha, form.Value.Beta);
        return true;
    }

    private static View Broadcast(View view, int[] dims)
    {
        if (view.Dims.AsSpan().SequenceEqual(dims))
        {
            return view;
        }

        int[] source = [.. Enumerable.Repeat(1, dims.Length - view.Dims.Length), .. view.Dims];
        View padded = view.Reshape(source);
        return source.AsSpan().SequenceEqual(dims) ? padded : LayoutRules.Take(padded, dims,
            Array.ConvertAll(Enumerable.Range(0, dims.Length).ToArray(), a => source[a] == dims[a] ? null : new int[dims[a]]), 0);
    }
}
