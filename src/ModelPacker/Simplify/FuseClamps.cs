using EdgeRuntime.Kernels.Elementwise;
using ModelPacker.Graphs;

namespace ModelPacker.Simplify;

/// <summary>Relu and Clip go into the clamp of the operator in front of them.</summary>
/// <remarks>Where the value between them is rounded to a grid, the fusion is exact if the result is rounded to the same grid: rounding is
/// monotone and leaves the grid's own points alone.</remarks>
public sealed class FuseClamps : IPass
{
    /// <inheritdoc/>
    public string Name => "fuse-clamps";

    /// <inheritdoc/>
    public bool Run(Graph graph)
    {
        var rewriter = new GraphRewriter(graph);
        bool changed = false;
        foreach (Node node in rewriter.Snapshot())
        {
            if (Bounds(node.Operator) is not { } bounds || rewriter.Hidden<Operator>(node.Inputs[0], node.Output.Quantization) is not { } producer)
            {
                continue;
            }

            Operator? fused = producer.Operator switch
            {
                Convolution c => c with { Clamp = Compose(c.Clamp, bounds) },
                TransposedConvolution c => c with { Clamp = Compose(c.Clamp, bounds) },
                Linear l => l with { Clamp = Compose(l.Clamp, bounds) },
                Binary b => b with { Clamp = Compose(b.Clamp, bounds) },
                _ => null,
            };
            if (fused is not null)
            {
                rewriter.Absorb(producer, node, fused);
                changed = true;
            }
        }

        return changed;
    }

    private static Clamp? Bounds(Operator op) => op switch
    {
        Unary { Function: UnaryFunction.Relu } => new Clamp(0, float.PositiveInfinity),
        Unary { Function: UnaryFunction.Clip } u => new Clamp(
            u.Alpha <= float.MinValue ? float.NegativeInfinity : u.Alpha,
            u.Beta >= float.MaxValue ? float.PositiveInfinity : u.Beta),
        _ => null,
    };

    /// <summary>First one clamp, then the other.</summary>
    private static Clamp Compose(Clamp first, Clamp second)
    {
        float Apply(float x) => Math.Min(Math.Max(x, second.Minimum), second.Maximum);
        return new Clamp(Apply(first.Minimum), Apply(first.Maximum));
    }
}
