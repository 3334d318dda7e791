using System.Globalization;

namespace ModelPacker.Graphs;

/// <summary>Writes a graph for people: one line per node.</summary>
public static class GraphText
{
    /// <summary>Writes the graph.</summary>
    public static void Write(Graph graph, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteLine($"graph {graph.Name}");
        foreach (Value input in graph.Inputs)
        {
            writer.WriteLine($"  input  {Describe(input)}");
        }

        foreach (Node node in graph.Nodes)
        {
            writer.WriteLine($"  {Describe(node.Output)} = {Describe(node.Operator)}({string.Join(", ", node.Inputs.Select(Argument))})  # {node.Name}");
        }

        foreach (Value output in graph.Outputs)
        {
            writer.WriteLine($"  output {Describe(output)}");
        }
    }

    private static string Argument(Value value) => value.Constant is null ? value.Name : $"const {Describe(value)}";

    private static string Describe(Value value)
    {
        string type = value.Type == DataType.Float ? "" : $" {value.Type}";
        string q = value.Quantization is { } z ? string.Create(CultureInfo.InvariantCulture, $" q({z.Scale:g6}, {z.ZeroPoint})") : "";
        string w = value.WeightScales is { } s ? $" int8 weights, {s.Length} scale{(s.Length == 1 ? "" : "s")}" : "";
        return $"{value.Name} [{string.Join("×", value.Dims)}]{type}{q}{w}";
    }

    private static string Describe(Operator op) => op switch
    {
        Convolution c => $"Convolution[{Window(c.Kernel, c.Strides, c.Dilations, c.PadsBegin, c.PadsEnd)}{(c.Groups > 1 ? $" groups {c.Groups}" : "")}{Describe(c.Clamp)}]",
        TransposedConvolution c => $"TransposedConvolution[{Window(c.Kernel, c.Strides, c.Dilations, c.PadsBegin, c.PadsEnd)}{(c.Groups > 1 ? $" groups {c.Groups}" : "")}{Describe(c.Clamp)}]",
        Linear l => $"Linear[{Describe(l.Clamp).TrimStart()}]",
        Pool p => $"{(p.Average ? "Average" : "Max")}Pool[{Window(p.Kernel, p.Strides, p.Dilations, p.PadsBegin, p.PadsEnd)}{(p.CountPadding ? " count padding" : "")}]",
        Reduce r => $"Reduce{r.Kind}[axes {string.Join(",", r.Axes)}]",
        Unary u => string.Create(CultureInfo.InvariantCulture, $"{u.Function}[{u.Alpha:g6}, {u.Beta:g6}]"),
        Binary b => $"{b.Function}[{Describe(b.Clamp).TrimStart()}]",
        Softmax s => $"{(s.Logarithm ? "LogSoftmax" : "Softmax")}[axis {s.Axis}]",
        Lrn l => string.Create(CultureInfo.InvariantCulture, $"Lrn[{l.Size}, {l.Alpha:g6}, {l.Beta:g6}, {l.Bias:g6}]"),
        Concat c => $"Concat[axis {c.Axis}]",
        Transpose t => $"Transpose[{string.Join(",", t.Permutation)}]",
        Select s => $"Select[{string.Join(" | ", s.Indices.Select(Indices))}]",
        Resample r => $"Resample[{string.Join(" | ", r.Positions.Select((p, i) => p is null ? "*" : $"{p.Length} taps"))}]",
        _ => op.GetType().Name,
    };

    private static string Window(int[] kernel, int[] strides, int[] dilations, int[] begin, int[] end)
    {
        string text = string.Join("×", kernel);
        text += Array.TrueForAll(strides, s => s == 1) ? "" : $" stride {string.Join(",", strides)}";
        text += Array.TrueForAll(dilations, s => s == 1) ? "" : $" dilation {string.Join(",", dilations)}";
        return text + (Array.TrueForAll(begin, s => s == 0) && Array.TrueForAll(end, s => s == 0) ? "" : $" pads {string.Join(",", begin)}:{string.Join(",", end)}");
    }

    private static string Describe(Clamp clamp) =>
        clamp == Clamp.None ? "" : string.Create(CultureInfo.InvariantCulture, $" clamp {clamp.Minimum:g6}…{clamp.Maximum:g6}");

    private static string Indices(int[]? indices) => indices switch
    {
        null => "*",
        { Length: <= 6 } => string.Join(",", indices),
        _ => $"{indices[0]},{indices[1]},…,{indices[^1]} ({indices.Length})",
    };
}
