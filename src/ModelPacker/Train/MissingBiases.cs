using ModelPacker.Graphs;
using ModelPacker.Import.Onnx.Proto;

namespace ModelPacker.Train;

/// <summary>Gives every layer a bias, since training finds one for it.</summary>
internal static class MissingBiases
{
    /// <summary>Adds biases of zeros.</summary>
    /// <param name="model">Edited in place.</param>
    /// <param name="tensors">Its tensors.</param>
    public static void Add(ModelProto model, Initializers tensors)
    {
        foreach (NodeProto node in model.Graph.Node.Where(n => n.OpType is "Conv" or "ConvTranspose" or "Gemm" && n.Input.Count >= 2 && (n.Input.Count == 2 || n.Input[2].Length == 0) && tensors.HasFloats(n.Input[1])))
        {
            Tensor weights = tensors.Read(node.Input[1]);
            int outputs = node.OpType switch
            {
                "Conv" => weights.Dims[0],
                "ConvTranspose" => weights.Dims[1] * (int)Attribute(node, "group", 1),
                _ => weights.Dims[Attribute(node, "transB", 0) == 0 ? 1 : 0],
            };
            string name = node.Output[0] + ".bias";
            while (node.Input.Count < 3)
            {
                node.Input.Add("");
            }

            node.Input[2] = name;
            tensors.Write(name, new float[outputs], outputs);
        }
    }

    private static long Attribute(NodeProto node, string name, long without) => node.Attribute.FirstOrDefault(a => a.Name == name)?.I ?? without;
}
