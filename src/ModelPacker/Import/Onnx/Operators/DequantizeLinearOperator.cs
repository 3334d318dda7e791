using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>DequantizeLinear.</summary>
internal sealed class DequantizeLinearOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["DequantizeLinear"];

    public string Note => "int8 and uint8 activations, int8, uint8 and int32 weights; one scale, or one per channel for weights";

    public int MinimumOpset => 10;

    public void Import(NodeImport n)
    {
        long axis = n.Integer("axis", 1);
        if (n.Integer("block_size", 0) != 0 || n.Integer("output_dtype", ElementTypes.Float) is not (0 or ElementTypes.Float))
        {
            throw n.Refused("it is blocked or makes another type than float", "Quantise with one scale per tensor or channel.");
        }

        Value x = n.Input(0);
        if (x.Constant is not null)
        {
            bool single = n.ConstantFloats(1).Length == 1;
            n.SetOutput(Fold(n, 0, 1, 2, single ? 0 : n.Axis(axis, x.Dims.Length)));
            return;
        }

        (Quantization quantization, DataType type) = Quantized.Read(n, 1, 2, x.Type);
        if (x.Type != type)
        {
            throw n.Bad($"reads {x.Type} data with a zero point of type {type}");
        }

        Quantized.Annotate(n, x, quantization);
        n.Emit(new Dequantize(), [x], x.Dims);
    }

    /// <summary>Float constants of quantised ones.</summary>
    /// <param name="n">The node.</param>
    /// <param name="data">Input of the data.</param>
    /// <param name="scale">Input of the scales: one, or one per index of the axis.</param>
    /// <param name="zeroPoint">Input of the zero points.</param>
    /// <param name="axis">The axis of several scales.</param>
    public static Value Fold(NodeImport n, int data, int scale, int zeroPoint, int axis)
    {
        Tensor x = n.Constant(data);
        float[] scales = n.ConstantFloats(scale);
        Tensor? zero = n.OptionalConstant(zeroPoint);
        if (x.Integers is null || x.Type is not (DataType.Int8 or DataType.UInt8 or DataType.Int32))
        {
            throw n.Refused($"it dequantises {ElementTypes.NameOf(ElementTypes.FromDataType(x.Type))}", "Quantise weights to int8.");
        }

        if ((scales.Length != 1 && (x.Dims.Length == 0 || scales.Length != x.Dims[axis])) || (zero is not null && zero.Count != scales.Length) || (zero is not null && zero.Type != x.Type))
        {
            throw n.Bad($"has {scales.Length} scales and {zero?.Count ?? scales.Length} zero points for [{string.Join("×", x.Dims)}]");
        }

        foreach (float s in scales)
        {
            Quantized.CheckScale(n, s);
        }

        int inner = x.Dims.Length == 0 ? 1 : (int)MatrixShapes.Count(x.Dims[(axis + 1)..]);
        var result = new float[x.Count];
        for (int i = 0; i < result.Length; i++)
        {
            int c = scales.Length == 1 ? 0 : i / inner % scales.Length;
            result[i] = (x.Integers[i] - (zero?.Integers![c] ?? 0)) * scales[c];
        }

        Value value = n.NewConstant(Tensor.Of(result, x.Dims), $"dequantized{data}");
        if (x.Type != DataType.Int32)
        {
            n.Context.SetWeightScales(value, scales, axis);
        }

        return value;
    }
}
