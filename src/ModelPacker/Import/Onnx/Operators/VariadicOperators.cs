using EdgeRuntime.Kernels.Elementwise;
using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Sum, Mean, Min and Max of any number of inputs: chains of two at a time.</summary>
internal sealed class VariadicOperators : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["Sum", "Mean", "Min", "Max"];

    public string Note => "float; one or more inputs";

    public void Import(NodeImport n)
    {
        BinaryFunction function = n.Proto.OpType switch
        {
            "Min" => BinaryFunction.Minimum,
            "Max" => BinaryFunction.Maximum,
            _ => BinaryFunction.Add,
        };
        bool mean = n.Proto.OpType == "Mean" && n.InputCount > 1;
        Value result = n.Float(0);
        for (int i = 1; i < n.InputCount; i++)
        {
            Value next = n.Float(i);
            var op = new Binary(function, Clamp.None);
            int[] dims = MatrixShapes.Broadcast(n, result.Dims, next.Dims);
            result = i == n.InputCount - 1 && !mean ? n.Emit(op, [result, next], dims) : n.Temporary(op, [result, next], dims);
        }

        if (mean)
        {
            n.Emit(new Unary(UnaryFunction.Linear, 1f / n.InputCount), [result], result.Dims);
        }
        else
        {
            n.SetOutput(result);
        }
    }
}
