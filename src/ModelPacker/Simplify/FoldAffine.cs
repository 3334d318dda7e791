using ModelPacker.Graphs;

namespace ModelPacker.Simplify;

/// <summary>Scale and shift (batch normalisation) go into the weights of the convolution or Linear in front of them, or behind them where no
/// padding sees the shift. Weights that came quantised stay as they are.</summary>
public sealed class FoldAffine : IPass
{
    /// <inheritdoc/>
    public string Name => "fold-affine";

    /// <inheritdoc/>
    public bool Run(Graph graph)
    {
        var rewriter = new GraphRewriter(graph);
        bool changed = false;
        foreach (Node node in rewriter.Snapshot())
        {
            if (rewriter.Holds(node) && AffineTerms.TryRead(node) is { } terms)
            {
                changed |= IntoProducer(rewriter, node, terms) || IntoConsumer(rewriter, node, terms);
            }
        }

        return changed;
    }

    private static bool IntoProducer(GraphRewriter rewriter, Node affine, AffineTerms terms)
    {
        if (rewriter.Hidden<Operator>(affine.Inputs[0]) is not { } node || node.Operator is not (Convolution or TransposedConvolution or Linear)
            || !Plain(node) || node.Inputs[1].Constant is null || node.Inputs[1].WeightScales is not null)
        {
            return false;
        }

        // The channel axis of a Linear is its last one, that of ChannelAffine is axis 1.
        if (node.Operator is Linear && terms.Scale.Length > 1 && affine.Output.Dims.Length != 2)
        {
            return false;
        }

        Value w = node.Inputs[1];
        int outputs = node.Operator is Linear ? node.Output.Dims[^1] : node.Output.Dims[1];
        float[] weights = [.. w.Constant!.Floats!];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i] *= terms.At(OutputChannel(node.Operator, w.Dims, i)).Scale;
        }

        float[] bias = node.Inputs.Count > 2 ? [.. node.Inputs[2].Constant!.Floats!] : new float[outputs];
        for (int o = 0; o < outputs; o++)
        {
            (float scale, float shift) = terms.At(o);
            bias[o] = (float)(((double)bias[o] * scale) + shift);
        }

        SetWeights(rewriter, node, weights, bias);
        rewriter.Absorb(node, affine, node.Operator);
        return true;
    }

    private static bool IntoConsumer(GraphRewriter rewriter, Node affine, AffineTerms terms)
    {
        Value x = affine.Output;
        if (x.Quantization is not null || rewriter.Uses(x) != 1 || rewriter.IsOutput(x) || rewriter.Graph.Consumers(x).Single() is not { } node
            || !ReferenceEquals(node.Inputs[0], x) || node.Inputs.Count < 2 || node.Inputs[1].WeightScales is not null)
        {
            return false;
        }

        bool padded = Array.Exists(terms.Shift, s => s != 0);
        switch (node.Operator)
        {
            case Convolution c when !padded || (c.PadsBegin.All(p => p == 0) && c.PadsEnd.All(p => p == 0)):
                break;
            case Linear when terms.Scale.Length == 1 || x.Dims.Length == 2:
                break;
            default:
                return false;
        }

        Value w = node.Inputs[1];
        int outputs = w.Dims[0];
        int perOutput = w.Constant!.Count / outputs;
        int taps = perOutput / w.Dims[1];
        int groups = node.Operator is Convolution convolution ? convolution.Groups : 1;
        float[] weights = [.. w.Constant.Floats!];
        float[] bias = node.Inputs.Count > 2 ? [.. node.Inputs[2].Constant!.Floats!] : new float[outputs];
        for (int o = 0; o < outputs; o++)
        {
            int first = o / (outputs / groups) * w.Dims[1];
            double sum = bias[o];
            for (int i = 0; i < perOutput; i++)
            {
                (float scale, float shift) = terms.At(first + (i / taps));
                sum += (double)weights[(o * perOutput) + i] * shift;
                weights[(o * perOutput) + i] *= scale;
            }

            bias[o] = (float)sum;
        }

        SetWeights(rewriter, node, weights, bias);
        node.Inputs[0] = affine.Inputs[0];
        rewriter.RemoveDead();
        return true;
    }

    private static bool Plain(Node node) => node.Operator switch
    {
        Convolution c => c.Clamp == Clamp.None,
        TransposedConvolution c => c.Clamp == Clamp.None,
        Linear l => l.Clamp == Clamp.None,
        _ => false,
    };

    private static int OutputChannel(Operator op, int[] dims, int index)
    {
        if (op is not TransposedConvolution t)
        {
            int perOutput = 1;
            foreach (int d in dims.AsSpan(1))
            {
                perOutput *= d;
            }

            return index / perOutput;
        }

        int taps = 1;
        foreach (int k in t.Kernel)
        {
            taps *= k;
        }

        int channel = index / taps / dims[1];
        return (channel / (dims[0] / t.Groups) * dims[1]) + (index / taps % dims[1]);
    }

    private static void SetWeights(GraphRewriter rewriter, Node node, float[] weights, float[] bias)
    {
        Value x = node.Inputs[0];
        Value w = rewriter.NewConstant(node.Name + "_weights", weights, node.Inputs[1].Dims);
        Value b = rewriter.NewConstant(node.Name + "_bias", bias, bias.Length);
        node.Inputs.Clear();
        node.Inputs.AddRange([x, w, b]);
    }
}
