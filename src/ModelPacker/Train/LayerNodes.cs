using ModelPacker.Import.Onnx.Proto;

namespace ModelPacker.Train;

/// <summary>Finds the ONNX node that a step was made of, and the tensors that hold its weights and bias.</summary>
internal static class LayerNodes
{
    private static readonly string[] Kinds = ["Conv", "ConvTranspose", "Gemm", "MatMul"];

    /// <summary>Finds them.</summary>
    /// <param name="graph">The model.</param>
    /// <param name="tensors">Its tensors.</param>
    /// <param name="name">Name of the step: the node's, or its first output's where it has none.</param>
    /// <returns>The node and the tensor of its bias, or what is in the way.</returns>
    public static (NodeProto? Node, string Bias, string? Reason) Find(GraphProto graph, Initializers tensors, string name)
    {
        NodeProto[] named = [.. graph.Node.Where(n => n.Name == name || (n.Name.Length == 0 && n.Output.FirstOrDefault() == name))];
        if (named.Length == 0)
        {
            return Refuse("was made of several nodes");
        }

        // An activation may bear the name of the layer in front of it.
        NodeProto[] layers = [.. named.Where(n => Kinds.Contains(n.OpType))];
        if (layers is not [{ } node])
        {
            return Refuse(layers.Length == 0 ? $"({named[0].OpType}) stays as a layer of its own, and its weights are not trained" : "is the name of several layers");
        }

        string? bias = node.OpType != "MatMul" ? node.Input.ElementAtOrDefault(2)
            : graph.Node.FirstOrDefault(n => n.OpType == "Add" && n.Input.Contains(node.Output[0]))?.Input.FirstOrDefault(i => i != node.Output[0]);
        if (!tensors.HasFloats(node.Input[1]) || bias is null || !tensors.HasFloats(bias))
        {
            return Refuse($"({node.OpType}) has weights or a bias that are no fp32 initializers");
        }

        return tensors.Uses(node.Input[1]) > 1 || tensors.Uses(bias) > 1 ? Refuse($"({node.OpType}) shares its weights or its bias with another node") : (node, bias, null);

        static (NodeProto?, string, string?) Refuse(string reason) => (null, "", reason);
    }
}
