using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Constant.</summary>
internal sealed class ConstantOperator : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["Constant"];

    public string Note => "tensors and numbers";

    public void Import(NodeImport n)
    {
        if (n.TensorAttribute("value") is { } tensor)
        {
            n.EmitConstant(tensor);
        }
        else if (n.HasAttribute("value_float"))
        {
            n.EmitConstant(Tensor.Of([n.Real("value_float", 0)]));
        }
        else if (n.Reals("value_floats") is { } reals)
        {
            n.EmitConstant(Tensor.Of(reals, reals.Length));
        }
        else if (n.HasAttribute("value_int"))
        {
            n.EmitConstant(Tensor.Of(DataType.Int64, [n.Integer("value_int", 0)]));
        }
        else if (n.Integers("value_ints") is { } integers)
        {
            n.EmitConstant(Tensor.Of(DataType.Int64, integers, integers.Length));
        }
        else
        {
            throw n.Refused("it holds a text or a sparse tensor", "Use dense numbers.");
        }
    }
}
