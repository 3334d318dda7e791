using ModelPacker.Graphs;
using ModelPacker.Import.Onnx.Proto;

namespace ModelPacker.Import.Onnx;

/// <summary>Gives every graph output a value of its own under its own name.</summary>
internal static class GraphOutputs
{
    public static void Define(ImportContext context, GraphProto graph, List<Value> outputs)
    {
        for (int i = 0; i < outputs.Count; i++)
        {
            Value value = outputs[i];
            string name = graph.Output[i].Name;
            if (value.Constant is null && value.Type is not (DataType.Float or DataType.Int8 or DataType.UInt8))
            {
                throw new ModelException($"Output '{name}' has element type {value.Type}; only float, int8 and uint8 outputs can be computed.");
            }

            bool own = value.Name == name && value.Constant is null && !context.Graph.Inputs.Contains(value) && !context.Graph.Outputs.Contains(value);
            if (!own)
            {
                string unique = context.Unique(name);
                var copy = new Value(unique) { Dims = value.Dims, Type = value.Type, Quantization = value.Type == DataType.Float ? null : value.Quantization };
                context.Graph.Nodes.Add(new Node(name, new Identity(), [value], copy));
                value = copy;
            }

            context.Graph.Outputs.Add(value);
        }
    }
}
