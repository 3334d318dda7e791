namespace ModelPacker.Graphs;

/// <summary>A tensor in the graph: produced by a node, a graph input, or a constant.</summary>
public sealed class Value(string name)
{
    /// <summary>Unique name; for imported values the ONNX name.</summary>
    public string Name { get; set; } = name;

    /// <summary>Extents in ONNX order (NCHW); always known and positive after import.</summary>
    public int[] Dims { get; set; } = [];

    /// <summary>Element type.</summary>
    public DataType Type { get; set; } = DataType.Float;

    /// <summary>The value, if it is a constant.</summary>
    public Tensor? Constant { get; set; }

    /// <summary>Scale and zero point that the model itself prescribes (QDQ), or null.</summary>
    public Quantization? Quantization { get; set; }

    /// <summary>Constant weights that came quantised: scale per output channel (length 1: per tensor); the constant holds q·scale exactly,
    /// q an integer in [-255, 255] (beyond ±127 where the weights had a zero point).</summary>
    public float[]? WeightScales { get; set; }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} [{string.Join("×", Dims)}]";
}
