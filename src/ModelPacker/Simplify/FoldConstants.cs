using ModelPacker.Graphs;

namespace ModelPacker.Simplify;

/// <summary>Computes nodes of constants.</summary>
public sealed class FoldConstants : IPass
{
    /// <inheritdoc/>
    public string Name => "fold-constants";

    /// <inheritdoc/>
    public bool Run(Graph graph)
    {
        var rewriter = new GraphRewriter(graph);
        bool changed = false;
        foreach (Node node in rewriter.Snapshot())
        {
            if (!node.Inputs.TrueForAll(i => i.Constant is not null) || rewriter.IsOutput(node.Output) || node.Output.Quantization is not null)
            {
                continue;
            }

            if (ConstantEvaluator.TryEvaluate(node.Operator, [.. node.Inputs.Select(i => i.Constant!)], node.Output.Dims) is { } result)
            {
                node.Output.Constant = result;
                graph.Nodes.Remove(node);
                changed = true;
            }
        }

        return changed;
    }
}
