using System.Text;
using ModelPacker.Graphs;
using ModelPacker.Import.Onnx.Proto;

namespace ModelPacker.Import.Onnx;

/// <content>Attributes. Every attribute that is read is ticked off; one that nobody read is a reason to refuse the node.</content>
internal sealed partial class NodeImport
{
    private const int KindFloat = 1;
    private const int KindInteger = 2;
    private const int KindString = 3;
    private const int KindTensor = 4;
    private const int KindFloats = 6;
    private const int KindIntegers = 7;

    private readonly Dictionary<string, AttributeProto> _attributes = [];
    private readonly HashSet<string> _read = [];

    /// <summary>Whether an attribute is given.</summary>
    public bool HasAttribute(string name) => _attributes.ContainsKey(name);

    /// <summary>Names attributes that do not matter for inference.</summary>
    public void Ignore(params string[] names) => _read.UnionWith(names);

    /// <summary>An integer attribute.</summary>
    public long Integer(string name, long otherwise) => Attribute(name, KindInteger)?.I ?? otherwise;

    /// <summary>An integer attribute that is 0 or 1.</summary>
    public bool Flag(string name, bool otherwise = false) => Integer(name, otherwise ? 1 : 0) != 0;

    /// <summary>A float attribute.</summary>
    public float Real(string name, float otherwise) => Attribute(name, KindFloat)?.F ?? otherwise;

    /// <summary>A text attribute.</summary>
    public string Text(string name, string otherwise)
    {
        AttributeProto? a = Attribute(name, KindString);
        return a is null ? otherwise : Encoding.UTF8.GetString(a.S.Span);
    }

    /// <summary>A list of integers, or null.</summary>
    public long[]? Integers(string name)
    {
        AttributeProto? a = Attribute(name, KindIntegers);
        return a is null ? null : [.. a.Ints];
    }

    /// <summary>A list of floats, or null.</summary>
    public float[]? Reals(string name)
    {
        AttributeProto? a = Attribute(name, KindFloats);
        return a is null ? null : [.. a.Floats];
    }

    /// <summary>A tensor, or null.</summary>
    public Tensor? TensorAttribute(string name)
    {
        AttributeProto? a = Attribute(name, KindTensor);
        return a is null ? null : TensorReader.Read(a.T, $"Attribute '{name}' of node '{Name}'", Context.Folder);
    }

    /// <summary>A list of extents with a given length and a lower bound, or the default.</summary>
    public int[] Extents(string name, int length, int otherwise, int minimum)
    {
        long[]? given = Integers(name);
        if (given is null)
        {
            return [.. Enumerable.Repeat(otherwise, length)];
        }

        if (given.Length != length)
        {
            throw Bad($"has {given.Length} values in '{name}' where {length} are needed");
        }

        return Array.ConvertAll(given, v => v >= minimum && v <= 1 << 24 ? (int)v : throw Bad($"has the value {v} in '{name}'"));
    }

    /// <summary>Resolves an axis that may count from the end.</summary>
    public int Axis(long axis, int rank)
    {
        long resolved = axis < 0 ? axis + rank : axis;
        return resolved >= 0 && resolved < rank ? (int)resolved : throw Bad($"has axis {axis}, but its input has {rank} dimensions");
    }

    /// <summary>Resolves a list of axes; no axis may be named twice.</summary>
    public int[] Axes(long[] axes, int rank)
    {
        int[] resolved = Array.ConvertAll(axes, a => Axis(a, rank));
        return resolved.Distinct().Count() == resolved.Length ? resolved : throw Bad("names an axis twice");
    }

    /// <summary>Refuses attributes that no importer looked at: they may change the meaning.</summary>
    public void CheckAttributes()
    {
        foreach (string name in _attributes.Keys)
        {
            if (!_read.Contains(name))
            {
                throw Refused($"attribute '{name}' is not understood in opset {Opset}", "Export the model with a standard opset (13 or newer).");
            }
        }
    }

    private AttributeProto? Attribute(string name, int kind)
    {
        _read.Add(name);
        if (!_attributes.TryGetValue(name, out AttributeProto? a))
        {
            return null;
        }

        bool fits = a.Type == kind || (!a.HasType && kind switch
        {
            KindFloat => a.HasF,
            KindInteger => a.HasI,
            KindString => a.HasS,
            KindTensor => a.T is not null,
            _ => true,
        });
        if (!fits || (kind == KindTensor && a.T is null) || a.RefAttrName.Length > 0)
        {
            throw Bad($"has an attribute '{name}' of the wrong kind");
        }

        return a;
    }
}
