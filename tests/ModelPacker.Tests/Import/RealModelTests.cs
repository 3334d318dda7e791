using EdgeRuntime.Tests.Shared.Requirements;
using ModelPacker.Graphs;
using ModelPacker.Import.Onnx;
using ModelPacker.Simplify;
using Xunit.Abstractions;

namespace ModelPacker.Tests.Import;

public class RealModelTests(ITestOutputHelper log)
{
    [TheoryWith(Need.SharedFiles)]
    [InlineData("tiny_pretrainedResnet", 1e-4, 255)]
    [InlineData("cifar10_resnet20", 1e-3, 1)]
    [InlineData("cifar10_nin", 1e-3, 1)]
    [InlineData("ultraface_RFB-320", 1e-4, 1)]
    [InlineData("squeezenet_v1.1", 1e-4, 100)]
    [InlineData("tiny_pretrainedResnet_quant.qdq", 1e-2, 255)]
    public void AgreesWithOnnxRuntime(string model, double tolerance, float scale)
        => Compare(Requirement.SharedFile("models", model + ".onnx"), tolerance, scale);

    // The interpreter is scalar on purpose, and so slow.
    [TheoryWith(Need.SharedFiles, Need.Patience)]
    [InlineData("cifar10_resnet56", 1e-3, 1)]
    [InlineData("mobilenet_v2_1.0_224.fp32", 1e-4, 2)]
    [InlineData("mobilenet_v2_1.0_224.qdq", 2e-2, 2)]
    [InlineData("yolo-fastest-1.1", 1e-3, 1)]
    public void AgreesWithOnnxRuntimeOnLargeModels(string model, double tolerance, float scale)
        => Compare(Requirement.SharedFile("models", model + ".onnx"), tolerance, scale);

    [TheoryWith(Need.SharedFiles)]
    [InlineData("cifar10_resnet56")]
    [InlineData("mobilenet_v2_1.0_224.fp32")]
    [InlineData("mobilenet_v2_1.0_224.qdq")]
    [InlineData("yolo-fastest-1.1")]
    public void SimplifyingKeepsTheOutputs(string model) => ImportTwice(Requirement.SharedFile("models", model + ".onnx"));

    private (Graph Imported, Graph Simplified) ImportTwice(string path)
    {
        Graph imported = OnnxImporter.Import(path);
        Graph simplified = OnnxImporter.Import(path);
        Passes.Run(simplified);
        var text = new StringWriter();
        GraphText.Write(simplified, text);
        log.WriteLine(text.ToString());
        Assert.All(simplified.Outputs, o => Assert.Contains(imported.Outputs, i => i.Name == o.Name));
        return (imported, simplified);
    }

    private void Compare(string path, double tolerance, float scale)
    {
        (Graph imported, Graph simplified) = ImportTwice(path);
        var random = new Random(1);
        var inputs = imported.Inputs.ToDictionary(i => i.Name, i => (Fill(random, i.Dims, scale), i.Dims));
        var plain = inputs.ToDictionary(p => p.Key, p => p.Value.Item1);
        float[][] expected = OrtOracle.Run(File.ReadAllBytes(path), inputs);
        foreach (Graph graph in new[] { imported, simplified })
        {
            float[][] actual = new GraphInterpreter(graph).Run(plain);
            for (int o = 0; o < expected.Length; o++)
            {
                float worst = expected[o].Zip(actual[o], (a, b) => MathF.Abs(a - b)).Max();
                Assert.True(worst <= tolerance * Math.Max(1, expected[o].Max(MathF.Abs)), $"output {o} differs by {worst}");
            }
        }
    }

    private static float[] Fill(Random random, int[] dims, float scale)
    {
        var x = new float[dims.Aggregate(1, (a, b) => a * b)];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = random.NextSingle() * scale;
        }

        return x;
    }
}
