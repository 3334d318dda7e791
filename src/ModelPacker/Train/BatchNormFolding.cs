using ModelPacker.Graphs;
using ModelPacker.Import.Onnx.Proto;

namespace ModelPacker.Train;

/// <summary>Folds batch normalisation into the convolution in front of it, in the ONNX model itself: what is trained then are the weights that a bundle would have.</summary>
internal static class BatchNormFolding
{
    private const float DefaultEpsilon = 1e-5f;

    /// <summary>Folds wherever a convolution alone feeds the normalisation and all constants are stored. The model computes what it did, but for fp32 rounding.</summary>
    /// <param name="model">Edited in place.</param>
    /// <param name="tensors">Its tensors.</param>
    public static void Run(ModelProto model, Initializers tensors)
    {
        GraphProto graph = model.Graph;
        foreach (NodeProto norm in graph.Node.Where(n => n.OpType == "BatchNormalization").ToArray())
        {
            NodeProto? convolution = norm.Output.Count == 1 && tensors.Uses(norm.Input[0]) == 1 ? graph.Node.FirstOrDefault(n => n.OpType == "Conv" && n.Output[0] == norm.Input[0]) : null;
            if (convolution is null || !norm.Input.Skip(1).Concat(convolution.Input.Skip(1)).All(tensors.HasFloats) || tensors.Uses(convolution.Input[1]) != 1)
            {
                continue;
            }

            Fold(convolution, norm, tensors);
            convolution.Output[0] = norm.Output[0];
            graph.Node.Remove(norm);
            foreach (string name in norm.Input.Skip(1).Where(n => tensors.Uses(n) == 0).Distinct())
            {
                tensors.Remove(name);
            }
        }
    }

    private static void Fold(NodeProto convolution, NodeProto norm, Initializers tensors)
    {
        float[] Constant(int input) => tensors.Read(norm.Input[input]).Floats!;
        (float[] scale, float[] shift, float[] mean, float[] variance) = (Constant(1), Constant(2), Constant(3), Constant(4));
        float epsilon = norm.Attribute.FirstOrDefault(a => a.Name == "epsilon")?.F ?? DefaultEpsilon;
        Tensor weights = tensors.Read(convolution.Input[1]);
        int outputs = weights.Dims[0];
        string biasName = convolution.Input.Count > 2 ? convolution.Input[2] : convolution.Output[0] + ".bias";
        float[] bias = convolution.Input.Count > 2 ? tensors.Read(biasName).Floats! : new float[outputs];
        int depth = weights.Count / outputs;
        for (int n = 0; n < outputs; n++)
        {
            double factor = scale[n] / Math.Sqrt((double)variance[n] + epsilon);
            bias[n] = (float)(((bias[n] - (double)mean[n]) * factor) + shift[n]);
            for (int k = 0; k < depth; k++)
            {
                weights.Floats![(n * depth) + k] = (float)(weights.Floats[(n * depth) + k] * factor);
            }
        }

        // A bias that others read too stays theirs.
        if (convolution.Input.Count > 2 && tensors.Uses(biasName) > 1)
        {
            biasName = convolution.Output[0] + ".bias";
            convolution.Input[2] = biasName;
        }
        else if (convolution.Input.Count == 2)
        {
            convolution.Input.Add(biasName);
        }

        tensors.Write(convolution.Input[1], weights.Floats!, weights.Dims);
        tensors.Write(biasName, bias, outputs);
    }
}
