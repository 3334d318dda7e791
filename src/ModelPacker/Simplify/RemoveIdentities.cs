using ModelPacker.Graphs;

namespace ModelPacker.Simplify;

/// <summary>Removes copies and dead nodes. A copy that rounds to another grid than its source stays, and so does one that gives a graph input,
/// a constant or a second output its name.</summary>
public sealed class RemoveIdentities : IPass
{
    /// <inheritdoc/>
    public string Name => "remove-identities";

    /// <inheritdoc/>
    public bool Run(Graph graph)
    {
        var rewriter = new GraphRewriter(graph);
        bool changed = rewriter.RemoveDead();
        foreach (Node node in rewriter.Snapshot())
        {
            if (node.Operator is Identity && TryRemove(rewriter, node))
            {
                changed = true;
            }
        }

        return changed;
    }

    private static bool TryRemove(GraphRewriter rewriter, Node node)
    {
        Value x = node.Inputs[0];
        Value y = node.Output;
        bool single = rewriter.Uses(x) == 1;
        bool moves = x.Quantization is null && y.Quantization is not null;
        if ((y.Quantization is not null && y.Quantization != x.Quantization && !moves) || (moves && (!single || x.Constant is not null)))
        {
            return false;
        }

        if (rewriter.IsOutput(y))
        {
            Node? producer = rewriter.Graph.Producer(x);
            if (producer is null || rewriter.IsOutput(x))
            {
                return false;
            }

            x.Name = y.Name;
        }

        if (moves)
        {
            x.Quantization = y.Quantization;
        }

        rewriter.Graph.Nodes.Remove(node);
        rewriter.Graph.Redirect(y, x);
        return true;
    }
}
