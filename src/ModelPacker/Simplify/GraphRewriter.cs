using ModelPacker.Graphs;

namespace ModelPacker.Simplify;

/// <summary>The few edits that passes make, each of which leaves the graph in execution order.</summary>
internal sealed class GraphRewriter(Graph graph)
{
    /// <summary>The graph.</summary>
    public Graph Graph { get; } = graph;

    /// <summary>A copy of the node list, to edit the graph while walking through it.</summary>
    public Node[] Snapshot() => [.. Graph.Nodes];

    /// <summary>The node that makes a value if it does <typeparamref name="T"/> and nobody else reads or prescribes anything for the value:
    /// the value may be optimised away.</summary>
    public Node? Hidden<T>(Value value)
        where T : Operator => Hidden<T>(value, null);

    /// <summary>Like <see cref="Hidden{T}(Value)"/>; the value may also be annotated with <paramref name="allowed"/>.</summary>
    public Node? Hidden<T>(Value value, Quantization? allowed)
        where T : Operator =>
        (value.Quantization is null || value.Quantization == allowed) && Uses(value) == 1 && Graph.Producer(value) is { Operator: T } node ? node : null;

    /// <summary>Number of readers; a graph output counts as one.</summary>
    public int Uses(Value value) =>
        Graph.Nodes.Sum(n => n.Inputs.Count(i => ReferenceEquals(i, value))) + Graph.Outputs.Count(o => ReferenceEquals(o, value));

    /// <summary>Whether the caller wants the value.</summary>
    public bool IsOutput(Value value) => Graph.Outputs.Contains(value);

    /// <summary>Whether the node is still part of the graph.</summary>
    public bool Holds(Node node) => Graph.Nodes.Contains(node);

    /// <summary>Puts a node in front of another.</summary>
    public void InsertBefore(Node at, Node node) => Graph.Nodes.Insert(Graph.Nodes.IndexOf(at), node);

    /// <summary>Changes what a node does.</summary>
    public void Replace(Node node, Operator op, params Value[] inputs)
    {
        node.Operator = op;
        node.Inputs.Clear();
        node.Inputs.AddRange(inputs);
        RemoveDead();
    }

    /// <summary>Lets an earlier node make the output of a later one, which goes away. Only for a hidden intermediate value.</summary>
    public void Absorb(Node earlier, Node later, Operator op)
    {
        earlier.Operator = op;
        earlier.Output = later.Output;
        Graph.Nodes.Remove(later);
    }

    /// <summary>Removes nodes whose output nobody reads.</summary>
    public bool RemoveDead()
    {
        bool changed = false;
        for (int i = Graph.Nodes.Count - 1; i >= 0; i--)
        {
            if (Uses(Graph.Nodes[i].Output) == 0)
            {
                Graph.Nodes.RemoveAt(i);
                changed = true;
            }
        }

        return changed;
    }

    /// <summary>A new value of the same kind as another, under a name of its own.</summary>
    public Value NewValue(string wanted, int[] dims) => new(Unique(wanted)) { Dims = dims };

    /// <summary>A new float constant.</summary>
    public Value NewConstant(string wanted, float[] values, params int[] dims) =>
        new(Unique(wanted)) { Dims = dims, Constant = Tensor.Of(values, dims) };

    /// <summary>Whether a value between two value-preserving steps can be dropped without losing a rounding.</summary>
    public static bool Transparent(Value source, Value between, Value result) =>
        between.Quantization is null || between.Quantization == source.Quantization || between.Quantization == result.Quantization;

    private string Unique(string wanted)
    {
        HashSet<string> names = [.. Graph.Inputs.Select(v => v.Name), .. Graph.Nodes.SelectMany(n => n.Inputs.Append(n.Output)).Select(v => v.Name)];
        string name = wanted;
        for (int i = 1; names.Contains(name); i++)
        {
            name = $"{wanted}__{i}";
        }

        return name;
    }
}
