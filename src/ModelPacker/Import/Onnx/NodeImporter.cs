using ModelPacker.Graphs;
using ModelPacker.Import.Onnx.Proto;

namespace ModelPacker.Import.Onnx;

/// <summary>Imports one node, whatever comes: normalised nodes, a constant, or an entry in the list of unsupported nodes.</summary>
internal static class NodeImporter
{
    public static void Import(ImportContext context, NodeProto proto)
    {
        string name = proto.Name.Length > 0 ? proto.Name : proto.Output.FirstOrDefault(o => o.Length > 0) ?? proto.OpType;
        string domain = OnnxOperators.NormaliseDomain(proto.Domain);
        var inputs = new Value?[proto.Input.Count];
        bool unknown = false;
        for (int i = 0; i < inputs.Length; i++)
        {
            if (proto.Input[i].Length == 0)
            {
                continue;
            }

            inputs[i] = context.Find(proto.Input[i])
                ?? throw new ModelException($"Node '{name}' ({proto.OpType}) reads '{proto.Input[i]}', which nothing before it defines. The model is not valid (a cycle, a wrong order, or a missing input): export it again.");
            unknown |= context.IsUnknown(inputs[i]!);
        }

        int nodesBefore = context.Graph.Nodes.Count;
        try
        {
            IOnnxOperator? op = OnnxOperators.Find(domain, proto.OpType);
            int? opset = context.Opset(domain);
            var n = new NodeImport(context, proto, name, opset ?? 1, inputs);
            if (op is null)
            {
                throw n.Refused("the operator is not supported", "See 'modelpacker list-ops' for those that are; replace it, or cut the model in front of it.");
            }

            if (!op.Supported)
            {
                op.Import(n);
            }

            if (unknown)
            {
                DefineUnknown(context, proto);
                return;
            }

            if (opset < op.MinimumOpset)
            {
                throw n.Refused($"opset {opset} is too old for it", $"Export the model with opset {op.MinimumOpset} or newer.");
            }

            Run(op, n);
            Define(context, n);
        }
        catch (RefusedException e)
        {
            context.Graph.Nodes.RemoveRange(nodesBefore, context.Graph.Nodes.Count - nodesBefore);
            context.Unsupported.Add(new UnsupportedNode(name, proto.OpType, domain, Describe(context, inputs), e.Reason, e.Advice));
            DefineUnknown(context, proto);
        }
        catch (Exception e) when (e is OverflowException or ArgumentException or IndexOutOfRangeException or InvalidOperationException or DivideByZeroException or InvalidCastException or NullReferenceException)
        {
            throw new ModelException($"Node '{name}' ({proto.OpType}) is not valid ({e.Message.TrimEnd('.')}). Check the model with the ONNX checker.", e);
        }
    }

    private static void Run(IOnnxOperator op, NodeImport n)
    {
        try
        {
            op.Import(n);
            n.CheckAttributes();
        }
        catch (NotFoldableException)
        {
            OrtFolding.Evaluate(n);
        }
    }

    private static void Define(ImportContext context, NodeImport n)
    {
        for (int i = 0; i < n.OutputCount; i++)
        {
            string output = n.Proto.Output[i];
            if (n.Outputs[i] is { } value)
            {
                if (output.Length > 0)
                {
                    context.Define(output, value);
                }
            }
            else if (n.IsUsed(i))
            {
                throw n.Refused($"its output {i} ('{output}') is not supported", "Cut the model in front of what reads it.");
            }
        }
    }

    private static void DefineUnknown(ImportContext context, NodeProto proto)
    {
        foreach (string output in proto.Output)
        {
            if (output.Length > 0)
            {
                context.DefineUnknown(output);
            }
        }
    }

    private static string Describe(ImportContext context, Value?[] inputs) =>
        string.Join(", ", inputs.Select(v => v is null ? "none" : context.IsUnknown(v) ? "?" : $"[{string.Join("×", v.Dims)}]"));
}
