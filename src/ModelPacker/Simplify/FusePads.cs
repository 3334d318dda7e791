using ModelPacker.Graphs;

namespace ModelPacker.Simplify;

/// <summary>Zeros put around a map go into the padding of the convolution or average pool behind it.</summary>
public sealed class FusePads : IPass
{
    /// <inheritdoc/>
    public string Name => "fuse-pads";

    /// <inheritdoc/>
    public bool Run(Graph graph)
    {
        var rewriter = new GraphRewriter(graph);
        bool changed = false;
        foreach (Node node in rewriter.Snapshot())
        {
            if (node.Operator is not (Convolution or Pool) || rewriter.Graph.Producer(node.Inputs[0]) is not { Operator: Select select } pad
                || node.Inputs[0].Type != DataType.Float || (node.Inputs[0].Quantization is { } q && q != pad.Inputs[0].Quantization)
                || ZeroPads(select, pad.Inputs[0].Dims) is not { } pads)
            {
                continue;
            }

            (int[] begin, int[] end) = pads;
            Operator? fused = node.Operator switch
            {
                Convolution c => c with { PadsBegin = Add(c.PadsBegin, begin), PadsEnd = Add(c.PadsEnd, end) },
                Pool { Average: true } p when p.PadsBegin.All(v => v == 0) && p.PadsEnd.All(v => v == 0) => p with { PadsBegin = begin, PadsEnd = end, CountPadding = true },
                _ => null,
            };
            if (fused is not null)
            {
                node.Inputs[0] = pad.Inputs[0];
                node.Operator = fused;
                rewriter.RemoveDead();
                changed = true;
            }
        }

        return changed;
    }

    private static int[] Add(int[] a, int[] b) => [.. a.Zip(b, (x, y) => x + y)];

    /// <summary>The pads of a Select that does nothing but surround the spatial axes with zeros; else null.</summary>
    private static (int[] Begin, int[] End)? ZeroPads(Select select, int[] dims)
    {
        int spatial = dims.Length - 2;
        if (spatial < 1 || select.Fill != 0 || select.Indices[0] is not null || select.Indices[1] is not null)
        {
            return null;
        }

        var begin = new int[spatial];
        var end = new int[spatial];
        for (int i = 0; i < spatial; i++)
        {
            if (select.Indices[2 + i] is not { } taken)
            {
                continue;
            }

            begin[i] = Array.FindIndex(taken, p => p >= 0);
            int extent = dims[2 + i];
            end[i] = taken.Length - begin[i] - extent;
            if (begin[i] < 0 || end[i] < 0)
            {
                return null;
            }

            for (int p = 0; p < taken.Length; p++)
            {
                int expected = p < begin[i] || p >= begin[i] + extent ? -1 : p - begin[i];
                if (taken[p] != expected)
                {
                    return null;
                }
            }
        }

        return (begin, end);
    }
}
