using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ModelPacker.Tests;

/// <summary>Runs models in ONNX Runtime, all numbers as floats.</summary>
internal static class OrtOracle
{
    public static float[][] Run(byte[] model, IReadOnlyDictionary<string, (float[] Data, int[] Dims)> inputs)
    {
        using var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL, IntraOpNumThreads = 1 };
        using var session = new InferenceSession(model, options);
        List<NamedOnnxValue> feeds = [];
        foreach ((string name, (float[] data, int[] dims)) in inputs)
        {
            Type type = session.InputMetadata[name].ElementType;
            feeds.Add(type == typeof(byte) ? NamedOnnxValue.CreateFromTensor(name, new DenseTensor<byte>(Array.ConvertAll(data, v => (byte)v), dims))
                : type == typeof(sbyte) ? NamedOnnxValue.CreateFromTensor(name, new DenseTensor<sbyte>(Array.ConvertAll(data, v => (sbyte)v), dims))
                : NamedOnnxValue.CreateFromTensor(name, new DenseTensor<float>(data, dims)));
        }

        using var results = session.Run(feeds, session.OutputNames);
        return [.. results.Select(r => r.Value switch
        {
            Tensor<float> t => t.ToArray(),
            Tensor<byte> t => t.Select(v => (float)v).ToArray(),
            Tensor<sbyte> t => t.Select(v => (float)v).ToArray(),
            _ => throw new NotSupportedException(r.ElementType.ToString()),
        })];
    }
}
