using System.Diagnostics.CodeAnalysis;
using ModelPacker.Graphs;
using ModelPacker.Import.Onnx.Proto;

namespace ModelPacker.Import.Onnx;

/// <summary>One ONNX node during its import: checked access to inputs and attributes, and the emission of normalised nodes.</summary>
internal sealed partial class NodeImport
{
    private readonly Value?[] _inputs;
    private readonly Value?[] _outputs;
    private (DataType Type, Quantization Quantization)? _moved;
    private bool _anyMoved;

    public NodeImport(ImportContext context, NodeProto proto, string name, int opset, Value?[] inputs)
    {
        Context = context;
        Proto = proto;
        Name = name;
        Opset = opset;
        _inputs = inputs;
        _outputs = new Value?[proto.Output.Count];
        foreach (AttributeProto a in proto.Attribute)
        {
            if (!_attributes.TryAdd(a.Name, a))
            {
                throw Bad($"has the attribute '{a.Name}' twice");
            }
        }
    }

    public ImportContext Context { get; }

    public NodeProto Proto { get; }

    public string Name { get; }

    /// <summary>Opset of the node's domain.</summary>
    public int Opset { get; }

    public int InputCount => _inputs.Length;

    public int OutputCount => _outputs.Length;

    public IReadOnlyList<Value?> Outputs => _outputs;

    public IReadOnlyList<Value?> Inputs => _inputs;

    /// <summary>Whether every input that is there is a constant.</summary>
    public bool AllConstant => Array.TrueForAll(_inputs, i => i is null || i.Constant is not null);

    public bool Has(int input) => input < _inputs.Length && _inputs[input] is not null;

    public bool IsUsed(int output) => output < _outputs.Length && Proto.Output[output].Length > 0 && Context.Used.Contains(Proto.Output[output]);

    /// <summary>An input of any type.</summary>
    public Value Input(int index) => Has(index) ? _inputs[index]! : throw Bad($"lacks its input {index}");

    /// <summary>A float input.</summary>
    public Value Float(int index)
    {
        Value value = Input(index);
        if (value.Type != DataType.Float)
        {
            ThrowForType(value);
        }

        return value;
    }

    /// <summary>An input of an operator that only moves values. Quantised data are wrapped: dequantised here, quantised again by
    /// <see cref="EmitData"/>, which is exact.</summary>
    public Value Data(int index)
    {
        Value value = Input(index);
        if (value.Constant is not null && !_anyMoved && (AllConstant || value.Type == DataType.Float))
        {
            return value;
        }

        if (value.Type == DataType.Float && _moved is null)
        {
            _anyMoved = true;
            return value;
        }

        if (value.Type is not (DataType.Int8 or DataType.UInt8) || value.Quantization is null || (_anyMoved && _moved != (value.Type, value.Quantization)))
        {
            if (_moved is not null && value.Type is DataType.Int8 or DataType.UInt8)
            {
                throw Refused("mixes quantised inputs with different scales", "Dequantise the inputs first (QDQ form).");
            }

            ThrowForType(value);
        }

        _anyMoved = true;
        _moved = (value.Type, value.Quantization!);
        return Temporary(new Dequantize(), [value], value.Dims);
    }

    /// <summary>A constant input, or null where the input is missing.</summary>
    public Tensor? OptionalConstant(int index)
    {
        if (!Has(index))
        {
            return null;
        }

        return _inputs[index]!.Constant ?? throw Refused($"input {index} ('{_inputs[index]!.Name}') is computed at run time but has to be constant", "Export the model with fixed shapes and run constant folding.");
    }

    /// <summary>A constant input that has to be there.</summary>
    public Tensor Constant(int index)
    {
        Input(index);
        return OptionalConstant(index)!;
    }

    /// <summary>A constant float input that has to be there.</summary>
    public float[] ConstantFloats(int index) => Constant(index).Floats ?? throw Bad($"needs floats as input {index}");

    /// <summary>A constant integer input, or null where missing.</summary>
    public long[]? OptionalIntegers(int index)
    {
        Tensor? t = OptionalConstant(index);
        return t is null ? null : t.Integers ?? throw Bad($"needs integers as input {index}");
    }

    /// <summary>A constant with one element, or null where missing.</summary>
    public float? OptionalScalar(int index)
    {
        Tensor? t = OptionalConstant(index);
        if (t is null)
        {
            return null;
        }

        return t.Count == 1 ? t.ToFloats()[0] : throw Bad($"needs one single value as input {index}");
    }

    /// <summary>Makes output <paramref name="output"/> of the node by an operator.</summary>
    public Value Emit(Operator op, Value[] inputs, int[] dims, int output = 0, DataType type = DataType.Float, Quantization? quantization = null)
    {
        string valueName = output < Proto.Output.Count && Proto.Output[output].Length > 0 ? Proto.Output[output] : $"{Name}_{output}";
        Value value = Context.Add(output == 0 ? Name : $"{Name}:{output}", valueName, op, inputs, dims, type, quantization);
        SetOutput(value, output);
        return value;
    }

    /// <summary>Like <see cref="Emit"/> for operators that only move values (see <see cref="Data"/>).</summary>
    public Value EmitData(Operator op, Value[] inputs, int[] dims, int output = 0)
    {
        if (_moved is { } moved)
        {
            Value result = Temporary(op, inputs, dims);
            return Emit(new Quantize(), [result], dims, output, moved.Type, moved.Quantization);
        }

        return Emit(op, inputs, dims, output, inputs[0].Type);
    }

    /// <summary>A node for an intermediate value.</summary>
    public Value Temporary(Operator op, Value[] inputs, int[] dims, DataType type = DataType.Float, Quantization? quantization = null) =>
        Context.Add($"{Name}_{op.GetType().Name}", $"{Name}_{op.GetType().Name}", op, inputs, dims, type, quantization);

    /// <summary>A new constant.</summary>
    public Value NewConstant(Tensor tensor, string suffix = "constant") => Context.Constant($"{Name}_{suffix}", tensor);

    /// <summary>Makes output <paramref name="output"/> of the node an existing value.</summary>
    public void SetOutput(Value value, int output = 0)
    {
        if (output >= _outputs.Length)
        {
            if (output == 0)
            {
                throw Bad("has no output");
            }

            return;
        }

        _outputs[output] = value;
    }

    /// <summary>Makes output <paramref name="output"/> a constant.</summary>
    public void EmitConstant(Tensor tensor, int output = 0) =>
        SetOutput(Context.Constant(output < Proto.Output.Count ? Proto.Output[output] : Name, tensor), output);

    /// <summary>The node is valid but cannot be imported.</summary>
    public RefusedException Refused(string reason, string advice) => new(reason.TrimEnd('.') + ".", advice);

    /// <summary>The node is not valid.</summary>
    public ModelException Bad(string what) =>
        new($"Node '{Name}' ({Proto.OpType}) {what}. The model is not valid: export it again, or check it with the ONNX checker.");

    [DoesNotReturn]
    private void ThrowForType(Value value)
    {
        if (AllConstant)
        {
            throw new NotFoldableException();
        }

        throw Refused(
            $"input '{value.Name}' has element type {ElementTypes.NameOf(ElementTypes.FromDataType(value.Type))}, and only float is computed at run time",
            "Cast the data to float in front of the network, or remove this part from the model.");
    }
}
