using EdgeRuntime.Kernels.Elementwise;
using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Celu: α·elu(x/α).</summary>
internal sealed class CeluOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["Celu"];

    public string Note => "float; positive alpha";

    public void Import(NodeImport n)
    {
        Value x = n.Float(0);
        float alpha = n.Real("alpha", 1);
        if (alpha == 1)
        {
            n.Emit(new Unary(UnaryFunction.Elu, 1), [x], x.Dims);
            return;
        }

        if (!(alpha > 0))
        {
            throw n.Refused($"alpha is {alpha}", "Give a positive alpha.");
        }

        Value scaled = n.Temporary(new Unary(UnaryFunction.Linear, 1 / alpha), [x], x.Dims);
        Value elu = n.Temporary(new Unary(UnaryFunction.Elu, 1), [scaled], x.Dims);
        n.Emit(new Unary(UnaryFunction.Linear, alpha), [elu], x.Dims);
    }
}
