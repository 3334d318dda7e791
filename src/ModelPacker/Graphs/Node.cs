namespace ModelPacker.Graphs;

/// <summary>One operation. Every operator has exactly one output.</summary>
public sealed class Node(string name, Operator op, IEnumerable<Value> inputs, Value output)
{
    /// <summary>The ONNX node's name (or its first output's, where it has none).</summary>
    public string Name { get; set; } = name;

    /// <summary>What it does.</summary>
    public Operator Operator { get; set; } = op;

    /// <summary>Inputs in the operator's order; missing optional inputs are simply absent at the end.</summary>
    public List<Value> Inputs { get; } = [.. inputs];

    /// <summary>The output.</summary>
    public Value Output { get; set; } = output;

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Operator.GetType().Name}({string.Join(", ", Inputs)}) -> {Output}";
}
