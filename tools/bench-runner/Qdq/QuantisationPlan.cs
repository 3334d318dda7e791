using ModelPacker.Import.Onnx.Proto;

namespace BenchRunner.Qdq;

/// <summary>Decides which nodes and activations become int8, as static quantisation for ONNX Runtime does with convolutional networks.</summary>
internal sealed class QuantisationPlan
{
    private readonly GraphProto _graph;
    private readonly Dictionary<string, string> _owners = [];

    public QuantisationPlan(GraphProto graph)
    {
        _graph = graph;
        Constants = graph.Initializer.ToDictionary(t => t.Name);
        AbsorbActivations();
        foreach (NodeProto node in graph.Node.Where(Admit))
        {
            Nodes.Add(node);
        }
    }

    /// <summary>Initialisers by name.</summary>
    public Dictionary<string, TensorProto> Constants { get; }

    /// <summary>Nodes that compute in int8.</summary>
    public HashSet<NodeProto> Nodes { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Quantised activations, each with the one whose scale it uses.</summary>
    public IReadOnlyDictionary<string, string> Owners => _owners;

    // An activation at the end of a quantised operator is the lower and upper end of its output's range.
    private void AbsorbActivations()
    {
        Dictionary<string, int> readers = _graph.Node.SelectMany(n => n.Input).GroupBy(i => i).ToDictionary(g => g.Key, g => g.Count());
        HashSet<string> outputs = [.. _graph.Output.Select(o => o.Name)];
        Dictionary<string, NodeProto> producers = _graph.Node.SelectMany(n => n.Output, (n, o) => (n, o)).ToDictionary(p => p.o, p => p.n);
        foreach (NodeProto node in _graph.Node.Where(n => n.OpType is "Relu" or "Clip").ToArray())
        {
            if (producers.TryGetValue(node.Input[0], out NodeProto? producer) && producer.OpType is "Conv" or "Gemm" or "Add"
                && readers[node.Input[0]] == 1 && !outputs.Contains(node.Input[0]))
            {
                producer!.Output[0] = node.Output[0];
                producers[node.Output[0]] = producer;
                _graph.Node.Remove(node);
            }
        }
    }

    private bool Admit(NodeProto node)
    {
        string first = node.Input.Count > 0 ? node.Input[0] : "";
        switch (node.OpType)
        {
            case "Conv" or "Gemm" or "MatMul" when IsConstant(node.Input[1]) && !IsConstant(first):
                return Own(first, node.Output[0]);
            case "Add" or "Mul" or "Concat" when node.Input.Any(_owners.ContainsKey) && !node.Input.Any(IsConstant):
                return Own([.. node.Input, node.Output[0]]);
            case "GlobalAveragePool" or "LeakyRelu" or "Sigmoid" when _owners.ContainsKey(first):
                return Own(node.Output[0]);
            case "MaxPool" or "AveragePool" or "Flatten" or "Reshape" or "Transpose" or "Squeeze" or "Unsqueeze" or "Resize" when _owners.ContainsKey(first):
                _owners[node.Output[0]] = _owners[first];
                return true;
            default:
                return false;
        }
    }

    private bool Own(params string[] tensors)
    {
        foreach (string tensor in tensors)
        {
            _owners.TryAdd(tensor, tensor);
        }

        return true;
    }

    private bool IsConstant(string name) => Constants.ContainsKey(name);
}
