using ModelPacker.Graphs;

namespace ModelPacker.Simplify;

/// <summary>A mean or maximum over all spatial axes is a global pool.</summary>
public sealed class ReduceToPool : IPass
{
    /// <inheritdoc/>
    public string Name => "reduce-to-pool";

    /// <inheritdoc/>
    public bool Run(Graph graph)
    {
        var rewriter = new GraphRewriter(graph);
        bool changed = false;
        foreach (Node node in rewriter.Snapshot())
        {
            Value x = node.Inputs[0];
            if (node.Operator is not Reduce { Kind: ReduceKind.Mean or ReduceKind.Maximum } reduce || x.Dims.Length is < 3 or > 5
                || !reduce.Axes.Order().SequenceEqual(Enumerable.Range(2, x.Dims.Length - 2)))
            {
                continue;
            }

            int spatial = x.Dims.Length - 2;
            int[] ones = [.. Enumerable.Repeat(1, spatial)];
            var pool = new Pool(reduce.Kind == ReduceKind.Mean, x.Dims[2..], ones, ones, new int[spatial], new int[spatial], false);
            int[] kept = [x.Dims[0], x.Dims[1], .. ones];
            changed = true;
            if (kept.SequenceEqual(node.Output.Dims))
            {
                rewriter.Replace(node, pool, x);
                continue;
            }

            Value pooled = rewriter.NewValue(node.Output.Name + "_pooled", kept);
            pooled.Quantization = node.Output.Quantization;
            rewriter.InsertBefore(node, new Node(node.Name + "_pool", pool, [x], pooled));
            rewriter.Replace(node, new Reshape(), pooled);
        }

        return changed;
    }
}
