using ModelPacker.Graphs;

namespace ModelPacker.Simplify;

/// <summary>Operators that only move or choose values have the same grid on both sides: rounding before or after them is the same.</summary>
public sealed class SpreadQuantization : IPass
{
    /// <inheritdoc/>
    public string Name => "spread-quantization";

    /// <inheritdoc/>
    public bool Run(Graph graph)
    {
        var rewriter = new GraphRewriter(graph);
        bool changed = false;
        foreach (Node node in graph.Nodes)
        {
            if (!Moves(node.Operator) || node.Output.Type != DataType.Float)
            {
                continue;
            }

            Value x = node.Inputs[0];
            Value y = node.Output;
            if (y.Quantization is null && x.Quantization is not null && node.Operator is not Concat && !rewriter.IsOutput(y))
            {
                y.Quantization = x.Quantization;
                changed = true;
            }
            else if (y.Quantization is not null)
            {
                foreach (Value input in node.Inputs)
                {
                    if (input.Quantization is null && input.Constant is null && input.Type == DataType.Float && rewriter.Uses(input) == 1)
                    {
                        input.Quantization = y.Quantization;
                        changed = true;
                    }
                }
            }
        }

        return changed;
    }

    /// <summary>A fill other than 0 might not lie on the grid.</summary>
    private static bool Moves(Operator op) => op switch
    {
        Reshape or Transpose or Concat => true,
        Pool p => !p.Average,
        Select s => s.Fill == 0,
        _ => false,
    };
}
