using Google.Protobuf;
using ModelPacker.Graphs;
using ModelPacker.Import.Onnx;
using ModelPacker.Simplify;

namespace ModelPacker.Tests;

/// <summary>Compares the imported and the simplified graph with ONNX Runtime.</summary>
internal static class Agreement
{
    /// <summary>Checks, and gives back the simplified graph.</summary>
    public static Graph Check(OnnxBuilder builder, float tolerance = 1e-4f, string what = "")
    {
        float[][] expected = OrtOracle.Run(builder.Model.ToByteArray(), builder.Feeds);
        Graph graph = null!;
        for (int simplify = 0; simplify < 2; simplify++)
        {
            graph = OnnxImporter.Import(builder.Model, "test", ".");
            if (simplify == 1)
            {
                Passes.Run(graph);
            }

            Assert.Equal(builder.Model.Graph.Output.Select(o => o.Name), graph.Outputs.Select(o => o.Name));
            float[][] actual = new GraphInterpreter(graph).Run(builder.Feeds.ToDictionary(f => f.Key, f => f.Value.Data));
            for (int o = 0; o < expected.Length; o++)
            {
                Assert.Equal(expected[o].Length, actual[o].Length);
                for (int i = 0; i < expected[o].Length; i++)
                {
                    float difference = MathF.Abs(expected[o][i] - actual[o][i]);
                    Assert.True(difference <= tolerance * Math.Max(1, MathF.Abs(expected[o][i])), $"{what} output {o}[{i}] is {actual[o][i]} where {expected[o][i]} is expected (simplify {simplify})");
                }
            }
        }

        return graph;
    }
}
