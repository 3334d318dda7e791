using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>QLinearConv: Dequantize, Convolution, Quantize.</summary>
internal sealed class QLinearConvOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["QLinearConv"];

    public string Note => "constant weights, one scale or one per output channel";

    public int MinimumOpset => 10;

    public void Import(NodeImport n)
    {
        if (n.AllConstant)
        {
            throw new NotFoldableException();
        }

        n.Constant(3);
        Value x = Quantized.Dequantize(n, 0);
        Value w = DequantizeLinearOperator.Fold(n, 3, 4, 5, 0);
        Value? b = n.Has(8) ? Bias(n) : null;
        (Convolution op, int[] dims) = ConvOperator.Resolve(n, x, w, b, 3);
        Value y = n.Temporary(op, b is null ? [x, w] : [x, w, b], dims);
        Quantized.Quantize(n, y, 6, 7);
    }

    private static Value Bias(NodeImport n)
    {
        long[] stored = n.OptionalIntegers(8)!;
        float input = n.ConstantFloats(1)[0];
        float[] scales = n.ConstantFloats(4);
        if (scales.Length != 1 && scales.Length != stored.Length)
        {
            throw n.Bad($"has {stored.Length} biases and {scales.Length} scales");
        }

        var bias = new float[stored.Length];
        for (int i = 0; i < bias.Length; i++)
        {
            bias[i] = (float)(stored[i] * (double)input * scales[scales.Length == 1 ? 0 : i]);
        }

        return n.NewConstant(Tensor.Of(bias, bias.Length), "bias");
    }
}
