namespace ModelPacker.Import;

/// <summary>A model with nodes that are not supported: all of them, not just the first.</summary>
public sealed class UnsupportedModelException(string model, IReadOnlyList<UnsupportedNode> nodes)
    : ModelException(
        $"{model}: {nodes.Count} unsupported {(nodes.Count == 1 ? "node" : "nodes")}:" + Environment.NewLine
        + string.Join(Environment.NewLine, nodes.Select(n => "  " + n)))
{
    /// <summary>The unsupported nodes in the model's order.</summary>
    public IReadOnlyList<UnsupportedNode> Nodes { get; } = nodes;
}
