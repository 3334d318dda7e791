using ModelPacker.Import.Onnx.Proto;

namespace BenchRunner.Qdq;

/// <summary>Turns the weights and biases of a graph into int8 per channel and int32, each behind a DequantizeLinear.</summary>
/// <param name="graph">Takes the new initialisers.</param>
/// <param name="constants">The initialisers by name.</param>
/// <param name="domain">Operator domain of DequantizeLinear.</param>
internal sealed class WeightQuantiser(GraphProto graph, Dictionary<string, TensorProto> constants, string domain)
{
    private readonly Dictionary<string, float[]> _scales = [];
    private int _biases;

    /// <summary>Rewrites the weights and the bias of a node.</summary>
    /// <param name="node">A Conv, Gemm or MatMul with constant weights.</param>
    /// <param name="inputScale">Scale of its data.</param>
    /// <param name="nodes">Takes the DequantizeLinear nodes.</param>
    public void Rewrite(NodeProto node, float inputScale, List<NodeProto> nodes)
    {
        float[] scales = RewriteWeight(node, nodes);
        if (node.Input.Count < 3 || node.Input[2].Length == 0)
        {
            return;
        }

        float[] bias = Floats.Read(constants[node.Input[2]]);
        int[] integers = new int[scales.Length];
        float[] biasScales = new float[scales.Length];
        for (int c = 0; c < scales.Length; c++)
        {
            biasScales[c] = inputScale * scales[c];
            integers[c] = (int)Math.Clamp(MathF.Round(bias[bias.Length == 1 ? 0 : c] / biasScales[c]), int.MinValue / 2, int.MaxValue / 2);
        }

        string name = $"{node.Input[2]}_q{_biases++}";
        graph.Initializer.Add(Floats.Make(name, Floats.Int32, integers, integers.Length));
        graph.Initializer.Add(Floats.Make(name + "_scale", Floats.Float, biasScales, scales.Length));
        nodes.Add(Dequantise(name, [name, name + "_scale"], 0));
        node.Input[2] = name + "_dq";
    }

    private float[] RewriteWeight(NodeProto node, List<NodeProto> nodes)
    {
        string source = node.Input[1];
        bool transposed = node.OpType == "Gemm" && node.Attribute.Any(a => a.Name == "transB" && a.I != 0);
        string name = source + (transposed ? "_tq" : "_q");
        if (!_scales.TryGetValue(name, out float[]? scales))
        {
            TensorProto tensor = constants[source];
            long[] dims = [.. tensor.Dims];
            float[] values = Floats.Read(tensor);
            if (transposed)
            {
                values = Floats.Transpose(values, (int)dims[0], (int)dims[1]);
                Array.Reverse(dims);
            }

            int axis = node.OpType == "Conv" ? 0 : dims.Length - 1;
            scales = Quantise(values, dims, axis, out sbyte[] integers);
            graph.Initializer.Add(Floats.Make(name, Floats.Int8, integers, dims));
            graph.Initializer.Add(Floats.Make(name + "_scale", Floats.Float, scales, scales.Length));
            graph.Initializer.Add(Floats.Make(name + "_zero", Floats.Int8, new sbyte[scales.Length], scales.Length));
            nodes.Add(Dequantise(name, [name, name + "_scale", name + "_zero"], axis));
            _scales.Add(name, scales);
        }

        // ONNX Runtime has an int8 Gemm with a scale per channel for weights in [inputs, outputs] order.
        foreach (AttributeProto attribute in node.Attribute.Where(a => transposed && a.Name == "transB"))
        {
            attribute.I = 0;
        }

        node.Input[1] = name + "_dq";
        return scales;
    }

    private static float[] Quantise(float[] values, long[] dims, int axis, out sbyte[] integers)
    {
        int channels = (int)dims[axis];
        int inner = (int)dims.Skip(axis + 1).Aggregate(1L, (a, d) => a * d);
        float[] scales = new float[channels];
        for (int i = 0; i < values.Length; i++)
        {
            int c = i / inner % channels;
            scales[c] = Math.Max(scales[c], Math.Abs(values[i]));
        }

        for (int c = 0; c < channels; c++)
        {
            scales[c] = scales[c] > 0 ? scales[c] / sbyte.MaxValue : 1;
        }

        integers = new sbyte[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            integers[i] = (sbyte)MathF.Round(values[i] / scales[i / inner % channels]);
        }

        return scales;
    }

    private NodeProto Dequantise(string name, string[] inputs, long axis)
    {
        NodeProto node = new() { OpType = "DequantizeLinear", Name = name + "_dequantize", Domain = domain };
        node.Input.AddRange(inputs);
        node.Output.Add(name + "_dq");
        node.Attribute.Add(new AttributeProto { Name = "axis", Type = 2, I = axis });
        return node;
    }
}
