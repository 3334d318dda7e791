using EdgeRuntime.Kernels.Elementwise;
using ModelPacker.Graphs;

namespace ModelPacker.Simplify;

/// <summary>Recognises activations that exporters write out in basic operations. Works on the forms that
/// <see cref="RecogniseAffine"/> leaves: arithmetic with single constants is Unary Linear.</summary>
public sealed class FuseActivations : IPass
{
    private const float Tolerance = 1e-3f;

    /// <inheritdoc/>
    public string Name => "fuse-activations";

    /// <inheritdoc/>
    public bool Run(Graph graph)
    {
        var rewriter = new GraphRewriter(graph);
        bool changed = false;
        foreach (Node node in rewriter.Snapshot())
        {
            if (!rewriter.Holds(node))
            {
                continue;
            }

            (Operator? op, Value? x) = node.Operator switch
            {
                Binary { Function: BinaryFunction.Multiply } b when b.Clamp == Clamp.None => Product(rewriter, node),
                Binary { Function: BinaryFunction.Maximum } b when b.Clamp == Clamp.None => Leaky(rewriter, node),
                Unary { Function: UnaryFunction.Linear } u => Scaled(rewriter, node, u),
                Unary { Function: UnaryFunction.Log } => Softplus(rewriter, node),
                _ => (null, null),
            };
            if (op is not null)
            {
                rewriter.Replace(node, op, x!);
                changed = true;
            }
        }

        return changed;
    }

    /// <summary>The input of a hidden Unary of a kind, with its parameters.</summary>
    private static (Value X, Unary Op)? Step(GraphRewriter rewriter, Value value, UnaryFunction function) =>
        rewriter.Hidden<Unary>(value) is { Operator: Unary u } node && u.Function == function ? (node.Inputs[0], u) : null;

    private static bool Near(float a, double b) => Math.Abs(a - b) <= Tolerance * 1e-3 * Math.Max(1, Math.Abs(b));

    /// <summary>x·f(x) for the functions f that make a known activation.</summary>
    private static (Operator? Op, Value? X) Product(GraphRewriter rewriter, Node node)
    {
        for (int side = 0; side < 2; side++)
        {
            (Value x, Value f) = (node.Inputs[side], node.Inputs[1 - side]);
            if (Step(rewriter, f, UnaryFunction.Sigmoid) is { } s && ReferenceEquals(s.X, x))
            {
                return (new Unary(UnaryFunction.Swish), x);
            }

            if (Step(rewriter, f, UnaryFunction.HardSigmoid) is { } h && ReferenceEquals(h.X, x) && Near(h.Op.Alpha, 1.0 / 6) && Near(h.Op.Beta, 0.5))
            {
                return (new Unary(UnaryFunction.HardSwish), x);
            }

            if (Step(rewriter, f, UnaryFunction.Tanh) is { } t && Step(rewriter, t.X, UnaryFunction.Softplus) is { } p && ReferenceEquals(p.X, x))
            {
                return (new Unary(UnaryFunction.Mish), x);
            }

            // x·(½·erf + ½), or (½·x)·(erf + 1).
            if (Step(rewriter, f, UnaryFunction.Linear) is { } l && ErfOf(rewriter, l.X) is { } argument)
            {
                if (ReferenceEquals(argument, x) && Near(l.Op.Alpha, 0.5) && Near(l.Op.Beta, 0.5))
                {
                    return (new Unary(UnaryFunction.Gelu), x);
                }

                if (Step(rewriter, x, UnaryFunction.Linear) is { } half && ReferenceEquals(half.X, argument)
                    && Near(half.Op.Alpha, 0.5) && half.Op.Beta == 0 && Near(l.Op.Alpha, 1) && Near(l.Op.Beta, 1))
                {
                    return (new Unary(UnaryFunction.Gelu), argument);
                }
            }
        }

        return (null, null);
    }

    /// <summary>x where the value is erf(x/√2).</summary>
    private static Value? ErfOf(GraphRewriter rewriter, Value value) =>
        Step(rewriter, value, UnaryFunction.Erf) is { } erf && Step(rewriter, erf.X, UnaryFunction.Linear) is { } inner
            && Near(inner.Op.Alpha, 1 / Math.Sqrt(2)) && inner.Op.Beta == 0 ? inner.X : null;

    /// <summary>max(x, α·x) with 0 &lt; α &lt; 1.</summary>
    private static (Operator? Op, Value? X) Leaky(GraphRewriter rewriter, Node node)
    {
        for (int side = 0; side < 2; side++)
        {
            if (Step(rewriter, node.Inputs[1 - side], UnaryFunction.Linear) is { Op: { Beta: 0, Alpha: > 0 and < 1 } u } l && ReferenceEquals(l.X, node.Inputs[side]))
            {
                return (new Unary(UnaryFunction.LeakyRelu, u.Alpha), l.X);
            }
        }

        return (null, null);
    }

    /// <summary>α·f(x) for the functions f that make a known activation.</summary>
    private static (Operator? Op, Value? X) Scaled(GraphRewriter rewriter, Node node, Unary scale)
    {
        if (scale.Beta != 0)
        {
            return (null, null);
        }

        // clip(a·x + b, 0, h) / h
        if (ClippedLinear(rewriter, node.Inputs[0]) is { } c && Near(scale.Alpha, 1 / c.Height))
        {
            return (new Unary(UnaryFunction.HardSigmoid, c.Scale * scale.Alpha, c.Shift * scale.Alpha), c.X);
        }

        if (rewriter.Hidden<Binary>(node.Inputs[0]) is not { Operator: Binary { Function: BinaryFunction.Multiply } b } product || b.Clamp != Clamp.None)
        {
            return (null, null);
        }

        for (int side = 0; side < 2; side++)
        {
            (Value x, Value f) = (product.Inputs[side], product.Inputs[1 - side]);
            if (ClippedLinear(rewriter, f) is { } k && ReferenceEquals(k.X, x) && Near(scale.Alpha, 1.0 / 6) && Near(k.Height, 6) && Near(k.Scale, 1) && Near(k.Shift, 3))
            {
                return (new Unary(UnaryFunction.HardSwish), x);
            }

            if (Near(scale.Alpha, 0.5) && Step(rewriter, f, UnaryFunction.Linear) is { } l && Near(l.Op.Alpha, 1) && Near(l.Op.Beta, 1)
                && ErfOf(rewriter, l.X) is { } argument && ReferenceEquals(argument, x))
            {
                return (new Unary(UnaryFunction.Gelu), x);
            }
        }

        return (null, null);
    }

    private static (Value X, float Scale, float Shift, float Height)? ClippedLinear(GraphRewriter rewriter, Value value) =>
        Step(rewriter, value, UnaryFunction.Clip) is { Op: { Alpha: 0, Beta: > 0 } clip } c && float.IsFinite(clip.Beta)
            && Step(rewriter, c.X, UnaryFunction.Linear) is { } l ? (l.X, l.Op.Alpha, l.Op.Beta, clip.Beta) : null;

    /// <summary>log(e^x + 1).</summary>
    private static (Operator? Op, Value? X) Softplus(GraphRewriter rewriter, Node node) =>
        Step(rewriter, node.Inputs[0], UnaryFunction.Linear) is { Op: { Alpha: 1, Beta: 1 } } l && Step(rewriter, l.X, UnaryFunction.Exp) is { } e
            ? (new Unary(UnaryFunction.Softplus), e.X)
            : (null, null);
}
