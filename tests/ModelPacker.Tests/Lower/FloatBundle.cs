using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Sessions;
using Google.Protobuf;
using ModelPacker.Emit;
using ModelPacker.Graphs;
using ModelPacker.Import.Onnx;
using ModelPacker.Lower;
using ModelPacker.Simplify;

namespace ModelPacker.Tests.Lower;

/// <summary>Takes a small model all the way to an fp32 bundle and compares its session with ONNX Runtime.</summary>
internal static class FloatBundle
{
    /// <summary>Lowers a model.</summary>
    /// <param name="builder">The model.</param>
    /// <param name="simplify">Whether the passes run first.</param>
    public static LoweredModel Lower(OnnxBuilder builder, bool simplify = true)
    {
        Graph graph = OnnxImporter.Import(builder.Model, "test", ".");
        if (simplify)
        {
            Passes.Run(graph);
        }

        return Lowering.Lower(graph);
    }

    /// <summary>Outputs of a bundle after it was written and read.</summary>
    public static float[][] Run(Bundle bundle, OnnxBuilder builder)
    {
        using MemoryStream file = new();
        BundleWriter.Write(bundle, file);
        using EdgeModel model = EdgeModel.Load(file.ToArray());
        using Session session = model.CreateSession(2);
        Feed(session, builder);
        session.Run();
        return [.. model.Bundle.Outputs.Select((port, i) =>
        {
            float[] values = new float[port.Dims.Aggregate(1, (a, d) => a * d)];
            session.GetOutput(i, values);
            return values;
        })];
    }

    /// <summary>Gives a session the model's inputs.</summary>
    public static void Feed(Session session, OnnxBuilder builder)
    {
        for (int i = 0; i < session.Bundle.Inputs.Length; i++)
        {
            session.SetInput(i, builder.Feeds[session.Bundle.Inputs[i].Name].Data);
        }
    }

    /// <summary>Fails unless the bundle answers as ONNX Runtime does, with and without the passes.</summary>
    public static void AssertAgrees(OnnxBuilder builder)
    {
        float[][] expected = OrtOracle.Run(builder.Model.ToByteArray(), builder.Feeds);
        foreach (bool simplify in (ReadOnlySpan<bool>)[false, true])
        {
            float[][] actual = Run(FloatEmitter.Emit(Lower(builder, simplify), []), builder);
            Assert.Equal(expected.Length, actual.Length);
            for (int o = 0; o < expected.Length; o++)
            {
                Assert.Equal(expected[o].Length, actual[o].Length);
                float scale = Math.Max(1e-3f, expected[o].Max(MathF.Abs));
                for (int i = 0; i < expected[o].Length; i++)
                {
                    Assert.True(Math.Abs(expected[o][i] - actual[o][i]) <= 1e-3 * scale,
                        $"output {o}[{i}] is {actual[o][i]} where {expected[o][i]} is expected (simplified: {simplify})");
                }
            }
        }
    }
}
