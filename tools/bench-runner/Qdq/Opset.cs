using EdgeRuntime;
using ModelPacker.Import.Onnx.Proto;

namespace BenchRunner.Qdq;

/// <summary>Raises the operator set of old models far enough for the quantised operators.</summary>
internal static class Opset
{
    private const int FirstWithQuantisation = 10;
    private const int Int64 = 7;

    /// <summary>Version of the standard operators.</summary>
    public static long Of(ModelProto model) => Standard(model).Version;

    /// <summary>Raises versions 7 to 9 to 10, where convolutional networks differ only in how Slice takes its limits.</summary>
    /// <exception cref="EdgeRuntimeException">The model has an operator that is gone in version 10.</exception>
    public static void Raise(ModelProto model)
    {
        if (Of(model) >= FirstWithQuantisation)
        {
            return;
        }

        foreach (NodeProto node in model.Graph.Node)
        {
            if (node.OpType is "Upsample" or "TopK")
            {
                throw new EdgeRuntimeException($"Node '{node.Name}' ({node.OpType}) cannot be quantised for ONNX Runtime in opset {Of(model)}. Export the model with opset 13.", 3);
            }

            if (node.OpType == "Slice")
            {
                MoveLimits(node, model.Graph);
            }
        }

        Standard(model).Version = FirstWithQuantisation;
    }

    private static OperatorSetIdProto Standard(ModelProto model) => model.OpsetImport.First(o => o.Domain.Length == 0);

    private static void MoveLimits(NodeProto node, GraphProto graph)
    {
        AttributeProto? axes = node.Attribute.FirstOrDefault(a => a.Name == "axes");
        foreach (AttributeProto? list in new[] { node.Attribute.First(a => a.Name == "starts"), node.Attribute.First(a => a.Name == "ends"), axes }.OfType<AttributeProto>())
        {
            string name = $"{node.Output[0]}_{list.Name}";
            graph.Initializer.Add(Floats.Make(name, Int64, list.Ints.ToArray(), list.Ints.Count));
            node.Input.Add(name);
        }

        node.Attribute.Clear();
    }
}
