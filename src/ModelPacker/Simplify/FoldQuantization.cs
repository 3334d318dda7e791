using ModelPacker.Graphs;

namespace ModelPacker.Simplify;

/// <summary>A Quantize followed by a Dequantize only rounds to a grid: it becomes the annotation of a float value.</summary>
/// <remarks>A Relu or Clip between a convolution and the Quantize needs no care here: <see cref="FuseClamps"/> absorbs it, and the range of
/// the grid cuts off the rest exactly as ONNX Runtime does.</remarks>
public sealed class FoldQuantization : IPass
{
    /// <inheritdoc/>
    public string Name => "fold-quantization";

    /// <inheritdoc/>
    public bool Run(Graph graph)
    {
        var rewriter = new GraphRewriter(graph);
        bool changed = false;
        foreach (Node node in rewriter.Snapshot())
        {
            if (node.Operator is Dequantize && graph.Producer(node.Inputs[0]) is { Operator: Quantize } quantize)
            {
                Fold(rewriter, quantize, node);
                changed = true;
            }
        }

        rewriter.RemoveDead();
        return changed;
    }

    private static void Fold(GraphRewriter rewriter, Node quantize, Node dequantize)
    {
        Graph graph = rewriter.Graph;
        Value x = quantize.Inputs[0];
        Value y = dequantize.Output;
        Quantization q = quantize.Output.Quantization!;
        bool onlyQuantized = !rewriter.IsOutput(x)
            && graph.Consumers(x).All(c => c.Operator is Quantize && c.Output.Quantization == q && !rewriter.IsOutput(c.Output))
            && graph.Consumers(x).SelectMany(c => graph.Consumers(c.Output)).All(c => c.Operator is Dequantize);
        bool fits = x.Constant is null && (x.Quantization == q || (x.Quantization is null && onlyQuantized));
        if (fits && (y.Quantization is null || y.Quantization == q) && !rewriter.IsOutput(y))
        {
            x.Quantization = q;
            graph.Redirect(y, x);
            graph.Nodes.Remove(dequantize);
            return;
        }

        // Somebody reads the unrounded value, or another rounding follows: the rounded copy stays a value of its own.
        if (y.Quantization is not null && y.Quantization != q)
        {
            Value rounded = rewriter.NewValue(y.Name + "_rounded", y.Dims);
            rounded.Quantization = q;
            rewriter.InsertBefore(dequantize, new Node(dequantize.Name + "_rounded", new Identity(), [x], rounded));
            rewriter.Replace(dequantize, new Identity(), rounded);
            return;
        }

        y.Quantization = q;
        rewriter.Replace(dequantize, new Identity(), x);
    }
}
