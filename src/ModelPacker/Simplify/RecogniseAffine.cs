using EdgeRuntime.Kernels.Elementwise;
using ModelPacker.Graphs;

namespace ModelPacker.Simplify;

/// <summary>Arithmetic with constants becomes α·x + β: one pair for the whole map (Unary Linear) or one per channel (ChannelAffine); and
/// consecutive ones become one.</summary>
public sealed class RecogniseAffine : IPass
{
    /// <inheritdoc/>
    public string Name => "recognise-affine";

    /// <inheritdoc/>
    public bool Run(Graph graph)
    {
        var rewriter = new GraphRewriter(graph);
        bool changed = false;
        foreach (Node node in rewriter.Snapshot())
        {
            if (rewriter.Holds(node))
            {
                changed |= FromBinary(rewriter, node) | Merge(rewriter, node);
            }
        }

        return changed;
    }

    private static bool FromBinary(GraphRewriter rewriter, Node node)
    {
        if (node.Operator is not Binary { Function: <= BinaryFunction.Divide } binary || binary.Clamp != Clamp.None)
        {
            return false;
        }

        int side = node.Inputs[0].Constant is null ? 0 : 1;
        Value x = node.Inputs[side];
        if (x.Constant is not null || !x.Dims.SequenceEqual(node.Output.Dims) || (side == 1 && binary.Function == BinaryFunction.Divide)
            || !ChannelConstants.TryRead(node.Inputs[1 - side], x.Dims, out float[] values))
        {
            return false;
        }

        float[] scale = Array.ConvertAll(values, v => binary.Function switch
        {
            BinaryFunction.Multiply => v,
            BinaryFunction.Divide => 1 / v,
            BinaryFunction.Subtract when side == 1 => -1f,
            _ => 1f,
        });
        float[] shift = Array.ConvertAll(values, v => binary.Function switch
        {
            BinaryFunction.Add => v,
            BinaryFunction.Subtract => side == 1 ? v : -v,
            _ => 0f,
        });
        if (Array.Exists(scale, s => !float.IsFinite(s)) || Array.Exists(shift, s => !float.IsFinite(s)))
        {
            return false;
        }

        Set(rewriter, node, x, scale, shift);
        return true;
    }

    private static bool Merge(GraphRewriter rewriter, Node node)
    {
        if (AffineTerms.TryRead(node) is not { } outer || rewriter.Hidden<Operator>(node.Inputs[0]) is not { } inner || AffineTerms.TryRead(inner) is not { } first)
        {
            return false;
        }

        int channels = Math.Max(outer.Scale.Length, first.Scale.Length);
        var scale = new float[channels];
        var shift = new float[channels];
        for (int c = 0; c < channels; c++)
        {
            (float s, float t) = outer.At(c);
            (float p, float q) = first.At(c);
            scale[c] = s * p;
            shift[c] = (float)(((double)s * q) + t);
        }

        Set(rewriter, node, inner.Inputs[0], scale, shift);
        return true;
    }

    private static void Set(GraphRewriter rewriter, Node node, Value x, float[] scale, float[] shift)
    {
        if (scale.Length == 1)
        {
            rewriter.Replace(node, new Unary(UnaryFunction.Linear, scale[0], shift[0]), x);
            return;
        }

        Value a = rewriter.NewConstant(node.Name + "_scale", scale, scale.Length);
        Value b = rewriter.NewConstant(node.Name + "_shift", shift, shift.Length);
        rewriter.Replace(node, new ChannelAffine(), x, a, b);
    }
}
