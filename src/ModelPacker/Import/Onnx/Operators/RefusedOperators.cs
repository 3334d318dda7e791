namespace ModelPacker.Import.Onnx.Operators;

/// <summary>Well-known operators that are refused, each with its reason.</summary>
internal sealed class RefusedOperators : IOnnxOperator
{
    private static readonly Dictionary<string, (string Reason, string Advice)> Table = new()
    {
        ["ConvInteger"] = ("integer sums cannot leave the runtime unscaled", "Quantise the model in QDQ form."),
        ["MatMulInteger"] = ("integer sums cannot leave the runtime unscaled", "Quantise the model in QDQ form."),
        ["DynamicQuantizeLinear"] = ("scales are fixed when packing", "Quantise the model statically, or give the float model."),
        ["InstanceNormalization"] = ("statistics of the running input are not supported", "Use BatchNormalization."),
        ["LayerNormalization"] = ("statistics of the running input are not supported", "Use BatchNormalization."),
        ["GroupNormalization"] = ("statistics of the running input are not supported", "Use BatchNormalization."),
        ["NonMaxSuppression"] = ("its output size depends on the data", "Cut the model in front of it and do it in the application."),
        ["RoiAlign"] = ("its windows depend on the data", "Cut the model in front of it."),
        ["GridSample"] = ("its windows depend on the data", "Cut the model in front of it."),
        ["LSTM"] = ("recurrent networks are not supported", "Use a convolutional model."),
        ["GRU"] = ("recurrent networks are not supported", "Use a convolutional model."),
        ["RNN"] = ("recurrent networks are not supported", "Use a convolutional model."),
        ["If"] = ("control flow is not supported", "Export the model with fixed shapes, which usually removes it."),
        ["Loop"] = ("control flow is not supported", "Export the model with fixed shapes, which usually removes it."),
        ["Scan"] = ("control flow is not supported", "Export the model with fixed shapes, which usually removes it."),
    };

    public IReadOnlyList<string> Names => [.. Table.Keys];

    public bool Supported => false;

    public string Note => "refused";

    public void Import(NodeImport n)
    {
        (string reason, string advice) = Table[n.Proto.OpType];
        throw n.Refused(reason, advice);
    }
}
