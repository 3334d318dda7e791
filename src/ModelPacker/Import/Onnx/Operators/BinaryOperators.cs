using EdgeRuntime.Kernels.Elementwise;
using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Add, Sub, Mul, Div and Pow with numpy broadcasting.</summary>
internal sealed class BinaryOperators : IOnnxOperator
{
    private static readonly Dictionary<string, BinaryFunction> Table = new()
    {
        ["Add"] = BinaryFunction.Add,
        ["Sub"] = BinaryFunction.Subtract,
        ["Mul"] = BinaryFunction.Multiply,
        ["Div"] = BinaryFunction.Divide,
        ["Pow"] = BinaryFunction.Power,
    };

    public IReadOnlyList<string> Names => [.. Table.Keys];

    public string Note => "float; integers only in constant parts of the graph";

    public void Import(NodeImport n)
    {
        BinaryFunction function = Table[n.Proto.OpType];
        if (n.Opset < 7)
        {
            // Without 'axis' (which is refused as unknown) the flag allows what numpy broadcasting always does.
            n.Ignore("broadcast", "consumed_inputs");
        }

        if (n.AllConstant && TryIntegers(n, function))
        {
            return;
        }

        Value a = n.Float(0);
        Value b = function == BinaryFunction.Power ? Exponent(n) : n.Float(1);
        Emit(n, function, a, b);
    }

    /// <summary>Emits the node's output.</summary>
    public static void Emit(NodeImport n, BinaryFunction function, Value a, Value b) =>
        n.Emit(new Binary(function, Clamp.None), [a, b], MatrixShapes.Broadcast(n, a.Dims, b.Dims));

    /// <summary>An exponent may have another type than the base.</summary>
    private static Value Exponent(NodeImport n)
    {
        Value b = n.Input(1);
        return b.Constant is { } t && t.Floats is null && n.Input(0).Constant is null ? n.NewConstant(Tensor.Of(t.ToFloats(), t.Dims), "exponent") : n.Float(1);
    }

    private static bool TryIntegers(NodeImport n, BinaryFunction function)
    {
        Tensor a = n.Constant(0);
        Tensor b = n.Constant(1);
        if (a.Type != DataType.Int64 || b.Type != DataType.Int64 || function == BinaryFunction.Power || (a.Count != b.Count && a.Count != 1 && b.Count != 1) || a.Dims.Length > 1 || b.Dims.Length > 1)
        {
            return false;
        }

        int[] dims = MatrixShapes.Broadcast(n, a.Dims, b.Dims);
        var result = new long[Math.Min(a.Count, b.Count) == 0 ? 0 : Math.Max(a.Count, b.Count)];
        for (int i = 0; i < result.Length; i++)
        {
            long x = a.Integers![a.Count == 1 ? 0 : i];
            long y = b.Integers![b.Count == 1 ? 0 : i];
            result[i] = function switch
            {
                BinaryFunction.Add => x + y,
                BinaryFunction.Subtract => x - y,
                BinaryFunction.Multiply => x * y,
                _ => y == 0 ? throw n.Bad("divides by zero") : x / y,
            };
        }

        n.EmitConstant(Tensor.Of(DataType.Int64, result, dims));
        return true;
    }
}
