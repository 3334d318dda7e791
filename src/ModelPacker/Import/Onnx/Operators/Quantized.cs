using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>What the quantising operators share.</summary>
internal static class Quantized
{
    /// <summary>Reads one scale and zero point for a whole tensor.</summary>
    /// <param name="n">The node.</param>
    /// <param name="scale">Index of the scale.</param>
    /// <param name="zeroPoint">Index of the zero point (may be missing).</param>
    /// <param name="otherwise">Type of the quantised data where there is no zero point.</param>
    public static (Quantization Quantization, DataType Type) Read(NodeImport n, int scale, int zeroPoint, DataType otherwise = DataType.UInt8)
    {
        float[] scales = n.ConstantFloats(scale);
        Tensor? zero = n.OptionalConstant(zeroPoint);
        DataType type = zero?.Type ?? otherwise;
        if (scales.Length != 1 || zero is { Count: not 1 })
        {
            throw n.Refused("it has a scale per channel or block for an activation", "Quantise activations with one scale per tensor.");
        }

        if (type is not (DataType.Int8 or DataType.UInt8))
        {
            throw n.Refused($"it quantises an activation to {ElementTypes.NameOf(ElementTypes.FromDataType(type))}", "Quantise activations to int8 or uint8.");
        }

        CheckScale(n, scales[0]);
        int stored = (int)(zero?.Integers![0] ?? 0);
        return (new Quantization(scales[0], type == DataType.UInt8 ? stored - 128 : stored), type);
    }

    /// <summary>Scales are positive and finite.</summary>
    public static void CheckScale(NodeImport n, float scale)
    {
        if (!(scale > 0) || float.IsInfinity(scale))
        {
            throw n.Refused($"its scale is {scale}", "Quantise the model again: scales have to be positive and finite.");
        }
    }

    /// <summary>Says how quantised data are to be read; data can be read in one way only.</summary>
    public static void Annotate(NodeImport n, Value data, Quantization quantization)
    {
        if (data.Quantization is not null && data.Quantization != quantization)
        {
            throw n.Refused($"'{data.Name}' is quantised with one scale or zero point and read with another", "Quantise the model again.");
        }

        data.Quantization = quantization;
    }

    /// <summary>Turns input <paramref name="data"/> into floats by the scale and zero point in the following inputs.</summary>
    public static Value Dequantize(NodeImport n, int data)
    {
        Value x = n.Input(data);
        if (x.Constant is not null)
        {
            return DequantizeLinearOperator.Fold(n, data, data + 1, data + 2, 0);
        }

        (Quantization quantization, DataType type) = Read(n, data + 1, data + 2, x.Type);
        if (x.Type != type)
        {
            throw n.Bad($"reads {x.Type} data with a zero point of type {type}");
        }

        Annotate(n, x, quantization);
        return n.Temporary(new Dequantize(), [x], x.Dims);
    }

    /// <summary>Makes the node's output: <paramref name="x"/> quantised by the scale and zero point in two inputs.</summary>
    public static void Quantize(NodeImport n, Value x, int scale, int zeroPoint, DataType otherwise = DataType.UInt8)
    {
        (Quantization quantization, DataType type) = Read(n, scale, zeroPoint, otherwise);
        n.Emit(new Quantize(), [x], x.Dims, 0, type, quantization);
    }
}
