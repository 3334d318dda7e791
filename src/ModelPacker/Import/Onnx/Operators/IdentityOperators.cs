using ModelPacker.Graphs;

namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Identity, and Dropout, which does nothing at inference.</summary>
internal sealed class IdentityOperators : IOnnxOperator
{
    public IReadOnlyList<string> Names => ["Identity", "Dropout"];

    public string Note => "Dropout at inference, without its mask";

    public void Import(NodeImport n)
    {
        n.Ignore("ratio", "seed");
        Value x = n.Input(0);
        if (n.Proto.OpType == "Dropout" && n.Opset < 7 && !n.Flag("is_test"))
        {
            throw n.Refused("it is in training mode", "Export the model in evaluation mode (model.eval()).");
        }

        if (n.Proto.OpType == "Dropout" && n.Has(2))
        {
            Tensor training = n.Constant(2);
            bool drops = n.OptionalConstant(1) is not { } ratio || ratio.ToFloats().Any(r => r != 0);
            if (drops && training.ToFloats().Any(t => t != 0))
            {
                throw n.Refused("it is in training mode", "Export the model in evaluation mode (model.eval()).");
            }
        }

        n.SetOutput(x);
    }
}
