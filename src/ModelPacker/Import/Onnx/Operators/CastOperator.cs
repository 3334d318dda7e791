using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Cast and CastLike.</summary>
internal sealed class CastOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["Cast"];

    public string Note => "between float, float16 and double; from uint8 and int8 to float; anything in constant parts of the graph";

    public void Import(NodeImport n)
    {
        n.Ignore("saturate", "round_mode");
        Value x = n.Input(0);
        int to = (int)Math.Clamp(n.Integer("to", 0), 0, int.MaxValue);
        if (x.Constant is { } constant)
        {
            n.EmitConstant(Convert(n, constant, to));
            return;
        }

        bool real = to is ElementTypes.Float or ElementTypes.Float16 or ElementTypes.Double;
        if (x.Type == DataType.Float && real)
        {
            n.SetOutput(x);
            return;
        }

        if (real && x.Type is DataType.Int8 or DataType.UInt8)
        {
            // A picture given as bytes: scale 1, and the zero point that stands for the number 0.
            var plain = new Quantization(1, x.Type == DataType.UInt8 ? -128 : 0);
            Quantized.Annotate(n, x, plain);
            n.Emit(new Dequantize(), [x], x.Dims);
            return;
        }

        throw n.Refused($"it casts {ElementTypes.NameOf(ElementTypes.FromDataType(x.Type))} to {ElementTypes.NameOf(to)} at run time", "Only float is computed at run time: remove the cast, or cut the model here.");
    }

    private static Tensor Convert(NodeImport n, Tensor x, int to)
    {
        switch (to)
        {
            case ElementTypes.Float:
            case ElementTypes.Double:
                return Tensor.Of(x.ToFloats(), x.Dims);
            case ElementTypes.Float16:
                return Tensor.Of(Array.ConvertAll(x.ToFloats(), v => (float)(Half)v), x.Dims);
            case ElementTypes.Int64:
            case ElementTypes.Int32:
                long limit = to == ElementTypes.Int64 ? 1L << 62 : int.MaxValue;
                return Tensor.Of(ElementTypes.ToDataType(to)!.Value, Integers(n, x, limit), x.Dims);
            case ElementTypes.Bool:
                return Tensor.Of(DataType.Bool, x.Integers is { } i ? Array.ConvertAll(i, v => v != 0 ? 1L : 0) : Array.ConvertAll(x.Floats!, v => v != 0 ? 1L : 0), x.Dims);
            default:
                throw new NotFoldableException();
        }
    }

    private static long[] Integers(NodeImport n, Tensor x, long limit)
    {
        if (x.Integers is { } integers)
        {
            return Array.TrueForAll(integers, v => Math.Abs((double)v) <= limit) || limit > int.MaxValue ? integers : throw new NotFoldableException();
        }

        return Array.ConvertAll(x.Floats!, v => Math.Abs(v) <= limit ? (long)v : throw n.Refused($"it casts {v} to an integer", "Keep the value in range."));
    }
}
