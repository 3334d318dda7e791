using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>QuantizeLinear.</summary>
internal sealed class QuantizeLinearOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["QuantizeLinear"];

    public string Note => "int8 and uint8, one scale per activation";

    public int MinimumOpset => 10;

    public void Import(NodeImport n)
    {
        n.Ignore("axis", "saturate");
        Value x = n.Float(0);
        if (n.AllConstant)
        {
            throw new NotFoldableException();
        }

        if (n.Integer("block_size", 0) != 0 || n.Integer("precision", ElementTypes.Float) is not (0 or ElementTypes.Float))
        {
            throw n.Refused("it quantises in blocks or with another precision", "Quantise activations with one float scale per tensor.");
        }

        DataType type = DataType.UInt8;
        if (n.Integer("output_dtype", 0) is > 0 and var stored)
        {
            type = ElementTypes.ToDataType((int)Math.Min(stored, int.MaxValue)) ?? throw n.Refused("its output type is not supported", "Quantise activations to int8 or uint8.");
        }

        Quantized.Quantize(n, x, 1, 2, type);
    }
}
