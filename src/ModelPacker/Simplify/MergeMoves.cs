using ModelPacker.Graphs;

namespace ModelPacker.Simplify;

/// <summary>Merges consecutive Reshapes, Transposes and Selects; those that change nothing become Identity.</summary>
public sealed class MergeMoves : IPass
{
    /// <inheritdoc/>
    public string Name => "merge-moves";

    /// <inheritdoc/>
    public bool Run(Graph graph)
    {
        var rewriter = new GraphRewriter(graph);
        bool changed = false;
        foreach (Node node in rewriter.Snapshot())
        {
            if (rewriter.Holds(node) && node.Operator is Reshape or Transpose or Select)
            {
                changed |= Merge(rewriter, node) | Normalise(rewriter, node);
            }
        }

        return changed;
    }

    private static bool Merge(GraphRewriter rewriter, Node node)
    {
        Value between = node.Inputs[0];
        if (rewriter.Graph.Producer(between) is not { } inner || !GraphRewriter.Transparent(inner.Inputs[0], between, node.Output))
        {
            return false;
        }

        Operator? merged = (inner.Operator, node.Operator) switch
        {
            (Reshape, Reshape) => node.Operator,
            (Transpose first, Transpose second) => new Transpose(Array.ConvertAll(second.Permutation, a => first.Permutation[a])),
            (Select first, Select second) => Compose(first, second, between.Quantization is not null),
            _ => null,
        };
        if (merged is null)
        {
            return false;
        }

        rewriter.Replace(node, merged, inner.Inputs[0]);
        return true;
    }

    private static Select? Compose(Select first, Select second, bool rounded)
    {
        bool fills = Array.Exists(first.Indices, i => i is not null && Array.IndexOf(i, -1) >= 0);
        bool fillsAgain = Array.Exists(second.Indices, i => i is not null && Array.IndexOf(i, -1) >= 0);
        if ((fills && fillsAgain && first.Fill != second.Fill) || (rounded && fills && first.Fill != 0))
        {
            return null;
        }

        var indices = new int[]?[first.Indices.Length];
        for (int axis = 0; axis < indices.Length; axis++)
        {
            (int[]? a, int[]? b) = (first.Indices[axis], second.Indices[axis]);
            indices[axis] = a is null ? b : b is null ? a : Array.ConvertAll(b, p => p < 0 ? -1 : a[p]);
        }

        return new Select(indices, fills ? first.Fill : second.Fill);
    }

    private static bool Normalise(GraphRewriter rewriter, Node node)
    {
        Value x = node.Inputs[0];
        int[] dims = x.Dims;
        switch (node.Operator)
        {
            case Reshape when dims.SequenceEqual(node.Output.Dims):
                rewriter.Replace(node, new Identity(), x);
                return true;
            case Transpose t when Moving(t.Permutation, dims) is { } order && order.SequenceEqual(order.Order()):
                rewriter.Replace(node, dims.SequenceEqual(node.Output.Dims) ? new Identity() : new Reshape(), x);
                return true;
            case Select s when s.Indices.Select((p, a) => p is null || p.SequenceEqual(Enumerable.Range(0, dims[a]))).All(same => same):
                rewriter.Replace(node, new Identity(), x);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The axes that hold more than one position, in their new order.</summary>
    private static int[] Moving(int[] permutation, int[] dims) => [.. permutation.Where(a => dims[a] != 1)];
}
