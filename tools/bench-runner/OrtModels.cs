using Microsoft.ML.OnnxRuntime;

namespace BenchRunner;

/// <summary>What the benchmark needs of ONNX Runtime besides timing.</summary>
internal static class OrtModels
{
    /// <summary>Session options: all optimisations, no spinning threads that would slow the engine whose turn comes next.</summary>
    public static SessionOptions Options(int threads)
    {
        SessionOptions options = new()
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return options;
    }

    /// <summary>Saves the model as ONNX Runtime's basic optimisations leave it: batch normalisation folded, constants evaluated, standard operators only.</summary>
    public static void SaveOptimised(string model, string target)
    {
        using SessionOptions options = Options(1);
        options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_BASIC;
        options.OptimizedModelFilePath = target;
        using InferenceSession session = new(model, options);
    }

    /// <summary>Inputs that take data; old exporters list the weights too, which ONNX Runtime reports apart.</summary>
    public static IEnumerable<KeyValuePair<string, NodeMetadata>> DataInputs(InferenceSession session) =>
        session.InputMetadata.Where(i => !session.OverridableInitializerMetadata.ContainsKey(i.Key));

    /// <summary>Uniform noise in [−1, 1], the same every time; open dimensions are 1.</summary>
    public static OrtValue RandomInput(KeyValuePair<string, NodeMetadata> input)
    {
        long[] shape = [.. input.Value.Dimensions.Select(d => (long)Math.Max(d, 1))];
        float[] values = new float[shape.Aggregate(1L, (a, d) => a * d)];
        Random random = new(1);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (random.NextSingle() * 2) - 1;
        }

        return OrtValue.CreateTensorValueFromMemory(values, shape);
    }
}
