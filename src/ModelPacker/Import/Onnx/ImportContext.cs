using ModelPacker.Graphs;
using ModelPacker.Simplify;

namespace ModelPacker.Import.Onnx;

/// <summary>State of one import: the graph so far and the ONNX names it knows.</summary>
internal sealed class ImportContext(Graph graph, ImportOptions options, string folder, IReadOnlyDictionary<string, int> opsets)
{
    /// <summary>No activation of an edge network is larger; a damaged or hostile model is stopped before memory is.</summary>
    public const long MaximumElements = 1L << 26;

    private readonly Dictionary<string, Value> _values = [];
    private readonly HashSet<string> _names = [];
    private readonly HashSet<Value> _unknown = [];
    private readonly Dictionary<Value, (float[] Scales, int Axis)> _weightScales = [];

    public Graph Graph { get; } = graph;

    public ImportOptions Options { get; } = options;

    /// <summary>Folder for external data.</summary>
    public string Folder { get; } = folder;

    /// <summary>ONNX names that somebody reads.</summary>
    public HashSet<string> Used { get; } = [];

    public List<UnsupportedNode> Unsupported { get; } = [];

    /// <summary>Opset of a domain, or null where the model does not import it.</summary>
    public int? Opset(string domain) => opsets.TryGetValue(domain, out int v) ? v : null;

    public Value? Find(string name) => _values.GetValueOrDefault(name);

    public bool IsUnknown(Value value) => _unknown.Contains(value);

    public void Define(string name, Value value)
    {
        if (!_values.TryAdd(name, value))
        {
            throw new ModelException($"The value '{name}' is defined twice. The model is not valid: export it again.");
        }
    }

    /// <summary>Marks an output of an unsupported node, so that the nodes behind it can still be looked at.</summary>
    public void DefineUnknown(string name)
    {
        if (_values.ContainsKey(name))
        {
            return;
        }

        var value = new Value(name);
        _unknown.Add(value);
        _values[name] = value;
    }

    /// <summary>Reserves a name that no other value of the graph has.</summary>
    public string Unique(string wanted)
    {
        string name = wanted;
        for (int i = 1; !_names.Add(name); i++)
        {
            name = $"{wanted}__{i}";
        }

        return name;
    }

    public Value Constant(string name, Tensor tensor) =>
        new(Unique(name)) { Dims = tensor.Dims, Type = tensor.Type, Constant = tensor };

    /// <summary>Remembers that a float constant is exactly q·scale, with one scale or one per index of an axis.</summary>
    public void SetWeightScales(Value constant, float[] scales, int axis) => _weightScales[constant] = (scales, axis);

    /// <summary>The scales of a constant if there is one for all, or one per index of the given axis.</summary>
    public float[]? WeightScales(Value constant, int axis) =>
        _weightScales.TryGetValue(constant, out var s) && (s.Scales.Length == 1 || s.Axis == axis) ? s.Scales : null;

    /// <summary>Moving elements of quantised weights keeps them quantised.</summary>
    private void CarryScales(Operator op, Value from, Value to)
    {
        if (!_weightScales.TryGetValue(from, out var s))
        {
            return;
        }

        switch (op)
        {
            case Identity:
                _weightScales[to] = s;
                break;
            case Transpose t:
                _weightScales[to] = (s.Scales, Array.IndexOf(t.Permutation, s.Axis));
                break;
            case Reshape when s.Scales.Length == 1:
                _weightScales[to] = s;
                break;
            default:
                break;
        }
    }

    /// <summary>Adds a node, or computes it at once when all its inputs are constants.</summary>
    /// <exception cref="NotFoldableException">All inputs are constants and there is no direct evaluation.</exception>
    public Value Add(string nodeName, string valueName, Operator op, Value[] inputs, int[] dims, DataType type, Quantization? quantization)
    {
        long count = 1;
        bool empty = false;
        foreach (int d in dims)
        {
            empty |= d == 0;
            if (d < 0)
            {
                throw new ModelException($"Node '{nodeName}' would have an output of shape [{string.Join(", ", dims)}]: its inputs are too small for its window or attributes.");
            }

            count *= Math.Max(d, 1);
            if (count > Math.Max(MaximumElements, inputs.Max(i => (long)(i.Constant?.Count ?? 0))))
            {
                throw new ModelException($"Node '{nodeName}' has an output of shape [{string.Join(", ", dims)}], more than {MaximumElements} elements. The model or its input size is not meant for small boards, or the file is damaged.");
            }
        }

        if (Array.TrueForAll(inputs, i => i.Constant is not null))
        {
            Tensor folded = ConstantEvaluator.TryEvaluate(op, [.. inputs.Select(i => i.Constant!)], dims) ?? throw new NotFoldableException();
            Value constant = Constant(valueName, folded);
            CarryScales(op, inputs[0], constant);
            return constant;
        }

        if (empty)
        {
            throw new RefusedException($"its output of shape [{string.Join(", ", dims)}] is empty.", "Remove the node from the model.");
        }

        var value = new Value(Unique(valueName)) { Dims = dims, Type = type, Quantization = quantization };
        Graph.Nodes.Add(new Node(nodeName, op, inputs, value));
        return value;
    }
}
