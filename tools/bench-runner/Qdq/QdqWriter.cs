using Google.Protobuf;
using ModelPacker.Import.Onnx.Proto;

namespace BenchRunner.Qdq;

/// <summary>
/// Writes a statically quantised QDQ model for ONNX Runtime: uint8 activations with a scale per tensor, int8 weights with a scale per output
/// channel, int32 biases, activations absorbed into ranges. The ranges come from noise: good for timing, not for answers.
/// </summary>
internal static class QdqWriter
{
    private const string ContribDomain = "com.microsoft";
    private const int FirstOpsetWithAxis = 13;
    private const int LeastIrVersion = 8;

    /// <summary>Whether a model is quantised already.</summary>
    public static bool IsQuantised(string model) => Load(model).Graph.Node.Any(n => n.OpType == "QuantizeLinear");

    /// <summary>Quantises an fp32 model whose batch normalisations are folded.</summary>
    public static void Write(string source, string target)
    {
        ModelProto model = Load(source);
        Opset.Raise(model);
        ModelProto original = model.Clone();
        GraphProto graph = model.Graph;
        QuantisationPlan plan = new(graph);
        Dictionary<string, (float Min, float Max)> ranges = ActivationRanges.Measure(original, plan.Owners.Values.Distinct().ToArray());
        string domain = Domain(model);

        Dictionary<string, float> scales = AddActivationScales(graph, ranges);
        WeightQuantiser weights = new(graph, plan.Constants, domain);
        List<NodeProto> nodes = [];
        HashSet<string> inputs = [.. graph.Input.Select(i => i.Name)];
        foreach (string input in plan.Owners.Keys.Where(inputs.Contains))
        {
            AddPair(nodes, input, input + "_dq", plan.Owners[input], domain);
        }

        foreach (NodeProto node in graph.Node)
        {
            for (int i = 0; i < node.Input.Count; i++)
            {
                if (inputs.Contains(node.Input[i]) && plan.Owners.ContainsKey(node.Input[i]))
                {
                    node.Input[i] += "_dq";
                }
            }

            if (plan.Nodes.Contains(node) && node.OpType is "Conv" or "Gemm" or "MatMul")
            {
                string data = node.Input[0].EndsWith("_dq", StringComparison.Ordinal) ? node.Input[0][..^3] : node.Input[0];
                weights.Rewrite(node, scales[plan.Owners[data]], nodes);
            }

            nodes.Add(node);
            for (int i = 0; i < node.Output.Count; i++)
            {
                string output = node.Output[i];
                if (plan.Owners.TryGetValue(output, out string? owner))
                {
                    node.Output[i] = output + "_raw";
                    AddPair(nodes, node.Output[i], output, owner, domain);
                }
            }
        }

        graph.Node.Clear();
        graph.Node.AddRange(nodes);
        DropUnused(graph);
        model.IrVersion = Math.Max(model.IrVersion, LeastIrVersion);
        using FileStream file = File.Create(target);
        model.WriteTo(file);
    }

    private static ModelProto Load(string path)
    {
        using FileStream file = File.OpenRead(path);
        using CodedInputStream input = CodedInputStream.CreateWithLimits(file, int.MaxValue, 100);
        return ModelProto.Parser.ParseFrom(input);
    }

    // Before opset 13 the standard operators have no scale per channel; ONNX Runtime's own have.
    private static string Domain(ModelProto model)
    {
        if (Opset.Of(model) >= FirstOpsetWithAxis)
        {
            return "";
        }

        if (model.OpsetImport.All(o => o.Domain != ContribDomain))
        {
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = ContribDomain, Version = 1 });
        }

        return ContribDomain;
    }

    private static Dictionary<string, float> AddActivationScales(GraphProto graph, Dictionary<string, (float Min, float Max)> ranges)
    {
        Dictionary<string, float> scales = [];
        foreach ((string name, (float min, float max)) in ranges)
        {
            float scale = (max - min) / byte.MaxValue;
            scales.Add(name, scale);
            graph.Initializer.Add(Floats.Make(name + "_scale", Floats.Float, [scale]));
            graph.Initializer.Add(Floats.Make(name + "_zero", Floats.UInt8, [(byte)MathF.Round(-min / scale)]));
        }

        return scales;
    }

    private static void AddPair(List<NodeProto> nodes, string source, string target, string owner, string domain)
    {
        string integers = source + "_u8";
        nodes.Add(Node("QuantizeLinear", source, integers, owner, domain));
        nodes.Add(Node("DequantizeLinear", integers, target, owner, domain));
    }

    private static NodeProto Node(string type, string input, string output, string owner, string domain)
    {
        NodeProto node = new() { OpType = type, Name = $"{input}_{type}", Domain = domain };
        node.Input.AddRange([input, owner + "_scale", owner + "_zero"]);
        node.Output.Add(output);
        return node;
    }

    private static void DropUnused(GraphProto graph)
    {
        HashSet<string> used = [.. graph.Node.SelectMany(n => n.Input), .. graph.Output.Select(o => o.Name)];
        HashSet<string> constants = [.. graph.Initializer.Select(t => t.Name)];
        TensorProto[] kept = [.. graph.Initializer.Where(t => used.Contains(t.Name))];
        ValueInfoProto[] inputs = [.. graph.Input.Where(i => !constants.Contains(i.Name))];
        graph.Initializer.Clear();
        graph.Initializer.AddRange(kept);
        graph.Input.Clear();
        graph.Input.AddRange(inputs);
        graph.ValueInfo.Clear();
    }
}
