namespace ModelPacker.Graphs;

/// <summary>A network in normalised operators, nodes in execution order.</summary>
public sealed class Graph
{
    /// <summary>Name of the network.</summary>
    public string Name { get; set; } = "";

    /// <summary>Values fed at run time.</summary>
    public List<Value> Inputs { get; } = [];

    /// <summary>Values wanted by the caller, in the model's order.</summary>
    public List<Value> Outputs { get; } = [];

    /// <summary>Nodes, each after the producers of its inputs.</summary>
    public List<Node> Nodes { get; } = [];

    /// <summary>The node that makes a value, or null.</summary>
    public Node? Producer(Value value) => Nodes.Find(n => ReferenceEquals(n.Output, value));

    /// <summary>The nodes that read a value.</summary>
    public IEnumerable<Node> Consumers(Value value) => Nodes.Where(n => n.Inputs.Contains(value));

    /// <summary>Makes every reader of <paramref name="old"/> (graph outputs included) read <paramref name="replacement"/>.</summary>
    public void Redirect(Value old, Value replacement)
    {
        foreach (Node node in Nodes)
        {
            for (int i = 0; i < node.Inputs.Count; i++)
            {
                if (ReferenceEquals(node.Inputs[i], old))
                {
                    node.Inputs[i] = replacement;
                }
            }
        }

        for (int i = 0; i < Outputs.Count; i++)
        {
            if (ReferenceEquals(Outputs[i], old))
            {
                Outputs[i] = replacement;
            }
        }
    }
}
