using EdgeRuntime.Bundles;
using EdgeRuntime.Maps;
using ModelPacker.Graphs;

namespace ModelPacker.Lower;

/// <summary>Convolutions and transposed convolutions of any spatial rank.</summary>
internal static class ConvolutionRules
{
    public static void Convolution(LoweringContext context, Node node, Convolution op)
    {
        int[] x = node.Inputs[0].Dims;
        int[] y = node.Output.Dims;
        GatherTable window = Geometry.Window(x[0], x[2..], y[2..], op.Kernel, op.Strides, op.Dilations, op.PadsBegin);
        int outputs = y[1];
        int channels = x[1] / op.Groups;
        float[] source = node.Inputs[1].Constant!.Floats!;
        Emit(context, node, window, op.Groups, op.Clamp, (n, k, c) => source[((((n * channels) + c) * window.Taps) + k)], outputs, channels);
    }

    public static void Transposed(LoweringContext context, Node node, TransposedConvolution op)
    {
        int[] x = node.Inputs[0].Dims;
        int[] y = node.Output.Dims;
        GatherTable window = Geometry.Transposed(x[0], x[2..], y[2..], op);
        int outputsPerGroup = y[1] / op.Groups;
        int channels = x[1] / op.Groups;
        float[] source = node.Inputs[1].Constant!.Floats!;

        // ONNX stores [C, O/groups, K…]: input channel first.
        Emit(context, node, window, op.Groups, op.Clamp, (n, k, c) =>
        {
            int input = (n / outputsPerGroup * channels) + c;
            return source[(((input * outputsPerGroup) + (n % outputsPerGroup)) * window.Taps) + k];
        }, y[1], channels);
    }

    private static void Emit(LoweringContext context, Node node, GatherTable window, int groups, Clamp clamp, Func<int, int, int, float> weight,
        int outputs, int channels)
    {
        (int input, GatherTable? rows) = context.Rows(context.ViewOf(node.Inputs[0]), 1, padding: true, node.Name + "/rows");
        GatherTable table = rows is null ? window : Geometry.Compose(window, rows);
        int taps = window.Taps;
        float[] bias = node.Inputs.Count > 2 ? node.Inputs[2].Constant!.ToFloats() : new float[outputs];
        float[]? scales = node.Inputs[1].WeightScales;
        bool depthwise = groups == outputs && channels == 1 && groups > 1;
        float[] weights = new float[(long)outputs * taps * channels];
        for (int n = 0; n < outputs; n++)
        {
            for (int k = 0; k < taps; k++)
            {
                for (int c = 0; c < channels; c++)
                {
                    weights[depthwise ? (k * outputs) + n : (((n * taps) + k) * channels) + c] = weight(n, k, c);
                }
            }
        }

        int output = context.DefineRows(node.Output, 1);
        Step step = depthwise
            ? new DepthwiseStep(node.Name, [input], output, taps, 0, 0, 0, clamp.Minimum, clamp.Maximum)
            : new ConvolutionStep(node.Name, [input], output, taps, groups, 0, 0, 0, clamp.Minimum, clamp.Maximum);
        context.AddStep(step, [table], weights, bias, scales);
    }
}
