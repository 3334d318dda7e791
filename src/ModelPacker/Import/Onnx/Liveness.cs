using ModelPacker.Import.Onnx.Proto;

namespace ModelPacker.Import.Onnx;

/// <summary>Finds the nodes that the outputs depend on: what nobody needs cannot be unsupported.</summary>
internal static class Liveness
{
    /// <summary>The live nodes in the file's order.</summary>
    /// <param name="graph">The stored graph.</param>
    /// <param name="used">Receives the names that live nodes or the caller read.</param>
    public static List<NodeProto> Find(GraphProto graph, HashSet<string> used)
    {
        var producers = new Dictionary<string, NodeProto>();
        foreach (NodeProto node in graph.Node)
        {
            foreach (string output in node.Output)
            {
                if (output.Length > 0 && !producers.TryAdd(output, node))
                {
                    throw new ModelException($"The value '{output}' is made by two nodes. The model is not valid: export it again.");
                }
            }
        }

        var live = new HashSet<NodeProto>(ReferenceEqualityComparer.Instance);
        var open = new Stack<string>(graph.Output.Select(o => o.Name));
        while (open.TryPop(out string? name))
        {
            if (name.Length == 0 || !used.Add(name) || !producers.TryGetValue(name, out NodeProto? node) || !live.Add(node))
            {
                continue;
            }

            foreach (string input in node.Input)
            {
                open.Push(input);
            }
        }

        return [.. graph.Node.Where(live.Contains)];
    }
}
