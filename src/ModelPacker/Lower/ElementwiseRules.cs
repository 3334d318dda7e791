using EdgeRuntime.Bundles;
using EdgeRuntime.Kernels.Elementwise;
using EdgeRuntime.Maps;
using ModelPacker.Graphs;
using ModelPacker.Import;

namespace ModelPacker.Lower;

/// <summary>Functions of one value, and what works along the channels of a row.</summary>
internal static class ElementwiseRules
{
    public static void Unary(LoweringContext context, Node node, Unary op)
        => Pointwise(context, node, context.ViewOf(node.Inputs[0]), op.Function, op.Alpha, op.Beta);

    /// <summary>Applies a function to the map under a view, leaving the arrangement as it is; returns the new map.</summary>
    public static int Pointwise(LoweringContext context, Node node, View x, UnaryFunction function, float alpha, float beta)
    {
        LoweredMap source = context.Model.Maps[x.Map];
        bool mostlyUnused = (long)x.Count * 2 < (long)source.Rows * source.Channels;
        if (x.Offsets is not null && (mostlyUnused || Array.Exists(x.Offsets, o => o < 0)))
        {
            int axis = LoweringContext.DefaultAxis(x.Dims);
            x = View.OfRows(context.DenseRows(x, axis, node.Name + "/rows"), x.Dims, axis);
            source = context.Model.Maps[x.Map];
        }

        int output = context.AddMap(node.Output.Name, source.Rows, source.Channels, node.Output.Dims, node.Output.Quantization);
        context.AddStep(new UnaryStep(node.Name, [x.Map], output, function, alpha, beta, -1), [null]);
        context.Define(node.Output, x.InMap(output));
        return output;
    }

    public static void PRelu(LoweringContext context, Node node)
    {
        View x = context.ViewOf(node.Inputs[0]);
        Tensor slope = node.Inputs[1].Constant!;
        float[] slopes = slope.ToFloats();
        if (slopes.Length == 1)
        {
            Pointwise(context, node, x, UnaryFunction.LeakyRelu, slopes[0], 0);
            return;
        }

        int[] dims = node.Inputs[0].Dims;

        // One slope per channel may come as [C] (axis 1) or broadcast from the right ([C, 1, 1]).
        int axis = slope.Dims.Length == 1 && dims.Length > 1 && dims[1] == slopes.Length && dims[^1] != slopes.Length
            ? 1 : SingleAxis(slope.Dims, dims);
        if (axis < 0)
        {
            throw new ModelException($"PRelu '{node.Name}' has slopes of shape [{string.Join(", ", slope.Dims)}] for an input of shape "
                + $"[{string.Join(", ", dims)}]. Supported are one slope, or one per position of a single axis (usually the channels).");
        }

        int input = context.DenseRows(x, axis, node.Name + "/rows");
        int output = context.DefineRows(node.Output, axis);
        context.AddStep(new UnaryStep(node.Name, [input], output, UnaryFunction.LeakyRelu, 0, 0, 0), [null], slopes);
    }

    public static void ChannelAffine(LoweringContext context, Node node)
        => Affine(context, node, context.ViewOf(node.Inputs[0]), 1, node.Inputs[1].Constant!.ToFloats(), node.Inputs[2].Constant!.ToFloats(), Clamp.None);

    /// <summary>x·scale + shift along one axis: a depthwise convolution of one tap.</summary>
    public static void Affine(LoweringContext context, Node node, View x, int axis, float[] scale, float[] shift, Clamp clamp)
    {
        (int input, GatherTable? table) = context.Rows(x, axis, padding: true, node.Name + "/rows");
        int output = context.DefineRows(node.Output, axis);
        context.AddStep(new DepthwiseStep(node.Name, [input], output, 1, 0, 0, 0, clamp.Minimum, clamp.Maximum), [table], scale, shift);
    }

    public static void Softmax(LoweringContext context, Node node, Softmax op)
    {
        int input = context.DenseRows(context.ViewOf(node.Inputs[0]), op.Axis, node.Name + "/rows");
        int output = context.DefineRows(node.Output, op.Axis);
        context.AddStep(new SoftmaxStep(node.Name, [input], output, op.Logarithm), [null]);
    }

    public static void Lrn(LoweringContext context, Node node, Lrn op)
    {
        int input = context.DenseRows(context.ViewOf(node.Inputs[0]), 1, node.Name + "/rows");
        int output = context.DefineRows(node.Output, 1);
        context.AddStep(new LrnStep(node.Name, [input], output, op.Size, op.Alpha, op.Beta, op.Bias), [null]);
    }

    public static void Convert(LoweringContext context, Node node)
    {
        View x = context.ViewOf(node.Inputs[0]);
        if (x.Offsets is not null && Array.Exists(x.Offsets, o => o < 0))
        {
            int axis = LoweringContext.DefaultAxis(x.Dims);
            x = View.OfRows(context.DenseRows(x, axis, node.Name + "/rows"), x.Dims, axis);
        }

        LoweredMap source = context.Model.Maps[x.Map];
        bool quantize = node.Operator is Quantize;
        int output = context.AddMap(node.Output.Name, source.Rows, source.Channels, node.Output.Dims,
            quantize ? node.Output.Quantization : null, quantize);
        context.AddStep(new ConvertStep(node.Name, [x.Map], output), [null]);
        context.Define(node.Output, x.InMap(output));
    }

    /// <summary>The only axis along which a broadcast operand varies, -1 if there are several.</summary>
    public static int SingleAxis(int[] operand, int[] dims)
    {
        int found = -1;
        for (int i = 0; i < operand.Length; i++)
        {
            if (operand[i] > 1)
            {
                if (found >= 0)
                {
                    return -1;
                }

                found = i + dims.Length - operand.Length;
            }
        }

        return found;
    }
}
