using EdgeRuntime.Bundles;
using Google.Protobuf;
using ModelPacker.Import;
using ModelPacker.Import.Onnx.Proto;
using ModelPacker.Tests.Lower;
using ModelPacker.Train;

namespace ModelPacker.Tests.Train;

/// <summary>Weights on their way from ONNX into a bundle and back; ONNX Runtime says what the files compute.</summary>
public sealed class TrainableModelTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Networks => ["convolutions", "flattened", "product", "without bias", "transposed", "named alike"];

    [Theory]
    [MemberData(nameof(Networks))]
    public void WhatABundleLearntIsWhatTheFileComputes(string kind)
    {
        OnnxBuilder builder = Network(kind);
        string path = Write(builder);
        TrainableModel source = TrainableModel.Open(path, new ImportOptions());
        HeInitialization.Run(source, 3);

        // Biases that are not all zero.
        source.Replace((_, old) => old, (layer, old) => [.. old.Select((_, n) => (0.1f * n) - 0.2f + layer.Step)]);
        Bundle trained = source.ToBundle([]);
        float[] expected = FloatBundle.Run(trained, builder)[0];
        float[] before = Answer(path, builder);
        Assert.Contains(expected.Zip(before), p => Math.Abs(p.First - p.Second) > 0.1);

        TrainableModel target = TrainableModel.Open(path, new ImportOptions());
        target.TakeFrom(trained);
        string written = _folder.File("written.onnx");
        target.Save(written);
        float tolerance = 1e-5f * expected.Max(MathF.Abs);
        Assert.All(expected.Zip(Answer(written, builder)), p => Assert.Equal(p.First, p.Second, tolerance));
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void WithoutTrainingTheFileComputesWhatItDid(string kind)
    {
        OnnxBuilder builder = Network(kind);
        string path = Write(builder);
        TrainableModel model = TrainableModel.Open(path, new ImportOptions());
        model.TakeFrom(model.ToBundle([]));
        string written = _folder.File("written.onnx");
        model.Save(written);
        Assert.Equal(Answer(path, builder), Answer(written, builder));
    }

    [Fact]
    public void BatchNormalisationIsFolded()
    {
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 3, 8, 8).Weights("w", 6, 3, 3, 3).Weights("w2", 4, 6, 3, 3).Weights("b2", 4)
            .Floats("scale", 1, 0.5f, 2, -1, 0.1f, 3).Floats("shift", 0, 1, -1, 2, 0.5f, 0).Floats("mean", 0.1f, 0.2f, 0, -1, 2, 1).Floats("variance", 1, 2, 0.5f, 0.1f, 3, 1)
            .Floats("scale2", 1, 2, 3, 4).Floats("shift2", 1, 0, -1, 0).Floats("mean2", 0, 1, 0, 1).Floats("variance2", 1, 1, 2, 2)
            .Node("Conv", "x w", "c").Node("BatchNormalization", "c scale shift mean variance", "n", ("epsilon", 0.01f)).Node("Relu", "n", "r")
            .Node("Conv", "r w2 b2", "d").Node("BatchNormalization", "d scale2 shift2 mean2 variance2", "y").Output("y");
        string path = Write(builder);
        TrainableModel model = TrainableModel.Open(path, new ImportOptions());
        Assert.Equal(2, model.Layers.Count);
        string written = _folder.File("written.onnx");
        model.Save(written);
        ModelProto folded = ModelProto.Parser.ParseFrom(File.ReadAllBytes(written));
        Assert.Equal(["Conv", "Relu", "Conv"], folded.Graph.Node.Select(n => n.OpType));
        Assert.Equal(4, folded.Graph.Initializer.Count);
        float[] expected = Answer(path, builder);
        float tolerance = 1e-5f * expected.Max(MathF.Abs);
        Assert.All(expected.Zip(Answer(written, builder)), p => Assert.Equal(p.First, p.Second, tolerance));
    }

    [Fact]
    public void WhatIsInTheWayIsNamed()
    {
        // Weights that two nodes share, a normalisation in front, and a factor on the weights.
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 4, 8, 8).Weights("w", 4, 4, 1, 1).Weights("w2", 4, 4, 3, 3).Weights("v", 3, 4).Floats("b", 1, 2, 3, 4).Floats("b2", 1, 2, 3, 4)
            .Floats("scale", 1, 0.5f, 2, -1).Floats("shift", 0, 1, -1, 2).Floats("mean", 1, 2, 3, 4).Floats("variance", 1, 2, 3, 4)
            .Node("Conv", "x w b", "first").Node("Relu", "first", "r").Node("Conv", "r w b", "second")
            .Node("BatchNormalization", "second scale shift mean variance", "n").Node("Relu", "n", "r2").Node("BatchNormalization", "r2 scale shift mean variance", "between").Node("Conv", "between w2 b2", "third")
            .Node("GlobalAveragePool", "third", "g").Node("Flatten", "g", "f").Node("Gemm", "f v", "fourth", ("transB", 1), ("alpha", 2f)).Output("fourth");
        ModelException error = Assert.Throws<ModelException>(() => TrainableModel.Open(Write(builder), new ImportOptions()));
        Assert.Contains("'first' (Conv) shares its weights", error.Message);
        Assert.Contains("'second' (Conv) shares its weights", error.Message);
        Assert.Contains("'third' computes with other numbers than it stores", error.Message);
        Assert.Contains("'fourth", error.Message);
    }

    [Fact]
    public void HeInitialisationKeepsTheVarianceAndDependsOnTheSeed()
    {
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 64, 8, 8).Weights("w", 128, 64, 3, 3).Weights("b", 128).Node("Conv", "x w b", "y").Output("y");
        string path = Write(builder);
        float[] first = Initialised(path, 1);
        Assert.Equal(0, first.Average(v => (double)v), 1e-3);
        Assert.Equal(2.0 / (64 * 9), first.Average(v => (double)v * v), 1e-4);
        Assert.Equal(first, Initialised(path, 1));
        Assert.NotEqual(first, Initialised(path, 2));
    }

    private static float[] Initialised(string path, int seed)
    {
        TrainableModel model = TrainableModel.Open(path, new ImportOptions());
        HeInitialization.Run(model, seed);
        float[] weights = [];
        model.Replace((_, old) => weights = old, (_, old) =>
        {
            Assert.All(old, b => Assert.Equal(0, b));
            return old;
        });
        return weights;
    }

    private static OnnxBuilder Network(string kind) => kind switch
    {
        "convolutions" => new OnnxBuilder().Input("x", 1, 4, 9, 9).Weights("w1", 8, 4, 3, 3).Weights("b1", 8).Weights("w2", 8, 1, 3, 3).Weights("b2", 8).Weights("w3", 6, 4, 3, 3).Weights("b3", 6)
            .Node("Conv", "x w1 b1", "c1", ("strides", new[] { 2, 2 })).Node("Relu", "c1", "r1").Node("Conv", "r1 w2 b2", "c2", ("group", 8), ("pads", new[] { 1, 1, 1, 1 })).Node("Sigmoid", "c2", "s2")
            .Node("Conv", "s2 w3 b3", "y", ("group", 2)).Output("y"),
        "flattened" => new OnnxBuilder().Input("x", 1, 3, 6, 5).Weights("w1", 4, 3, 3, 3).Weights("b1", 4).Weights("v", 48, 7).Weights("c", 7)
            .Node("Conv", "x w1 b1", "c1").Node("Relu", "c1", "r1").Node("Flatten", "r1", "f").Node("Gemm", "f v c", "y").Output("y"),
        "product" => new OnnxBuilder().Input("x", 1, 10).Weights("v", 10, 6).Floats("c", 1, 2, 3, 4, 5, 6).Node("MatMul", "x v", "m").Node("Add", "c m", "y").Output("y"),
        "without bias" => new OnnxBuilder().Input("x", 1, 3, 6, 6).Weights("w1", 4, 3, 3, 3).Weights("v", 5, 4)
            .Node("Conv", "x w1", "c1").Node("Relu", "c1", "r1").Node("GlobalAveragePool", "r1", "g").Node("Flatten", "g", "f").Node("Gemm", "f v", "y", ("transB", 1)).Output("y"),
        "named alike" => NamedAlike(),
        _ => new OnnxBuilder().Input("x", 1, 4, 5, 5).Weights("w1", 4, 3, 3, 3).Weights("w2", 3, 2, 2, 2).Weights("b2", 2)
            .Node("ConvTranspose", "x w1", "t1", ("strides", new[] { 2, 2 })).Node("Relu", "t1", "r1").Node("ConvTranspose", "r1 w2 b2", "y").Output("y"),
    };

    // In networks that came from Caffe a layer's node is called what the map behind its activation is called.
    private static OnnxBuilder NamedAlike()
    {
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 3, 6, 6).Weights("w1", 4, 3, 3, 3).Weights("w2", 5, 4, 1, 1)
            .Node("Conv", "x w1", "before").Node("Relu", "before", "conv1").Node("Conv", "conv1 w2", "y").Output("y");
        builder.Model.Graph.Node[0].Name = "conv1";
        return builder;
    }

    private string Write(OnnxBuilder builder)
    {
        string path = _folder.File("net.onnx");
        File.WriteAllBytes(path, builder.Model.ToByteArray());
        return path;
    }

    private static float[] Answer(string path, OnnxBuilder builder) => OrtOracle.Run(File.ReadAllBytes(path), builder.Feeds)[0];
}
