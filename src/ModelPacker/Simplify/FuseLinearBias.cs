using EdgeRuntime.Kernels.Elementwise;
using ModelPacker.Graphs;

namespace ModelPacker.Simplify;

/// <summary>A constant added behind a Linear becomes its bias.</summary>
public sealed class FuseLinearBias : IPass
{
    /// <inheritdoc/>
    public string Name => "fuse-linear-bias";

    /// <inheritdoc/>
    public bool Run(Graph graph)
    {
        var rewriter = new GraphRewriter(graph);
        bool changed = false;
        foreach (Node node in rewriter.Snapshot())
        {
            if (node.Operator is not Binary { Function: BinaryFunction.Add } add)
            {
                continue;
            }

            int side = node.Inputs[0].Constant is null ? 0 : 1;
            Value c = node.Inputs[1 - side];
            int n = node.Output.Dims.Length == 0 ? 0 : node.Output.Dims[^1];
            if (c.Constant?.Floats is { } bias && bias.Length == n && c.Dims.Length > 0 && c.Dims[^1] == n
                && node.Inputs[side].Dims.SequenceEqual(node.Output.Dims)
                && rewriter.Hidden<Linear>(node.Inputs[side]) is { Inputs.Count: 2, Operator: Linear linear } product && linear.Clamp == Clamp.None)
            {
                product.Inputs.Add(rewriter.NewConstant(product.Name + "_bias", bias, n));
                rewriter.Absorb(product, node, linear with { Clamp = add.Clamp });
                changed = true;
            }
        }

        return changed;
    }
}
