using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using ModelPacker.Import.Onnx.Proto;

namespace BenchRunner.Qdq;

/// <summary>Finds the ranges of activations by running the fp32 network on noise.</summary>
internal static class ActivationRanges
{
    /// <summary>Least and greatest value of each tensor named.</summary>
    public static Dictionary<string, (float Min, float Max)> Measure(ModelProto model, IReadOnlyCollection<string> tensors)
    {
        ModelProto observed = model.Clone();
        HashSet<string> known = [.. observed.Graph.Output.Select(o => o.Name), .. observed.Graph.Input.Select(i => i.Name)];
        foreach (string name in tensors.Where(known.Add))
        {
            observed.Graph.Output.Add(new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new() { ElemType = Floats.Float } } });
        }

        using SessionOptions options = OrtModels.Options(1);
        using InferenceSession session = new(observed.ToByteArray(), options);
        KeyValuePair<string, NodeMetadata>[] inputs = [.. OrtModels.DataInputs(session)];
        OrtValue[] values = [.. inputs.Select(OrtModels.RandomInput)];
        string[] wanted = [.. tensors.Where(t => !inputs.Any(i => i.Key == t))];
        using RunOptions run = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, [.. inputs.Select(i => i.Key)], values, wanted);
        Dictionary<string, (float, float)> ranges = [];
        for (int i = 0; i < inputs.Length; i++)
        {
            ranges[inputs[i].Key] = RangeOf(values[i]);
            values[i].Dispose();
        }

        for (int i = 0; i < wanted.Length; i++)
        {
            ranges[wanted[i]] = RangeOf(outputs[i]);
        }

        return ranges;
    }

    private static (float Min, float Max) RangeOf(OrtValue value)
    {
        float min = 0;
        float max = 0;
        foreach (float x in value.GetTensorDataAsSpan<float>())
        {
            min = Math.Min(min, x);
            max = Math.Max(max, x);
        }

        return max > min ? (min, max) : (0, 1);
    }
}
