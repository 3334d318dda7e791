using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using EdgeRuntime.Sessions;
using EdgeRuntime.Tests.Shared.Bundles;
using Google.Protobuf;
using ModelPacker.Import;
using ModelPacker.Perforate;
using ModelPacker.Pipeline;
using ModelPacker.Tests.Tune;
using ModelPacker.Tune;

namespace ModelPacker.Tests.Perforate;

public sealed class ResizedNetworkTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public static TheoryData<string, double> Networks()
    {
        TheoryData<string, double> data = [];
        foreach (string name in (string[])["plain", "residual", "gate", "branches", "depthwise", "valid"])
        {
            foreach (double share in (double[])[0.9, 0.75, 0.5])
            {
                data.Add(name, share);
            }
        }

        return data;
    }

    public void Dispose() => _folder.Dispose();

    // The other way to such a network: the ONNX file, imported with another input shape and packed anew.
    [Theory]
    [MemberData(nameof(Networks))]
    public void IsTheNetworkPackedForTheSmallerPicture(string name, double share)
    {
        File.WriteAllBytes(_folder.File("net.onnx"), Network(name).Model.ToByteArray());
        PackOptions options = new() { Model = _folder.File("net.onnx"), Int8 = false };
        using Bundle dense = new PackPipeline(options, new Silent(), null).Run(CancellationToken.None).Bundle;
        ModelVariant packed = new ModelVariants(options, new InputSpec { Width = 24, Height = 32 }, new Silent(), CancellationToken.None).Smaller(share);
        using Bundle variant = packed.Bundle;
        (int Height, int Width)[] grids = PerforationSection.Parse(dense.Extras[0].Bytes).Grids;
        ResizedNetwork resized = ResizedNetwork.Of(dense, grids, new Perforator(dense), new InputSize(packed.Spec.Height, packed.Spec.Width))!;

        Assert.Equal(variant.Macs(variant.Points[0]), resized.Bundle.Macs(resized.Bundle.Points[0]));
        float[] wanted = Answer(variant);
        float[] got = Answer(resized.Bundle);
        float largest = wanted.Max(Math.Abs);
        Assert.True(largest > 0.01);
        Assert.All(wanted.Zip(got), p => Assert.Equal(p.First, p.Second, 1e-5f * largest));
    }

    [Fact]
    public void IsAPointOfTheBundleThatItWasMadeFrom()
    {
        File.WriteAllBytes(_folder.File("net.onnx"), Network("residual").Model.ToByteArray());
        using Bundle dense = new PackPipeline(new() { Model = _folder.File("net.onnx"), Calibration = "random" }, new Silent(), null).Run(CancellationToken.None).Bundle;
        (int Height, int Width)[] grids = PerforationSection.Parse(dense.Extras[0].Bytes).Grids;
        Perforator perforator = new(dense);
        ResizedNetwork resized = ResizedNetwork.Of(dense, grids, perforator, new InputSize(20, 18))!;
        PointAssembler assembler = new(dense);
        assembler.Add("small", resized.Tables);
        string path = _folder.File("small.edge");
        BundleWriter.Save(assembler.Build([new PerforationSection(grids, [[], []]).ToExtra()]), path);

        using Bundle read = BundleReader.Open(path);
        Assert.Equal([null, new InputSize(20, 18)], read.Points.Select(p => p.Input));
        PerforationSection section = PerforationSection.Read(path, read)!;
        Assert.Equal(resized.Grids, section.GridsOf(read, 1));
        Assert.Equal(grids, section.GridsOf(read, 0));
        Assert.Equal(Hash(resized.Bundle, 0), Hash(BundleReader.Open(path), 1));
        Assert.Equal(Hash(dense, 0), Hash(BundleReader.Open(path), 0));
    }

    // What has all its rows at every point is interpolated: a matrix over a flattened map still reads its full length.
    [Fact]
    public void AMatrixReadsTheNearestSites()
    {
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 3, 32, 24).Weights("w", 8, 3, 3, 3).Weights("v", 4, 8 * 16 * 12)
            .Node("Conv", "x w", "c", ("pads", new[] { 1, 1, 1, 1 }), ("strides", new[] { 2, 2 })).Node("Relu", "c", "r")
            .Node("Flatten", "r", "f").Node("Gemm", "f v", "y", ("transB", 1)).Output("y");
        File.WriteAllBytes(_folder.File("net.onnx"), builder.Model.ToByteArray());
        using Bundle dense = new PackPipeline(new() { Model = _folder.File("net.onnx"), Int8 = false }, new Silent(), null).Run(CancellationToken.None).Bundle;
        (int Height, int Width)[] grids = PerforationSection.Parse(dense.Extras[0].Bytes).Grids;
        ResizedNetwork resized = ResizedNetwork.Of(dense, grids, new Perforator(dense), new InputSize(16, 12))!;
        int map = dense.Steps[0].Output;
        Assert.Equal(8 * 6, resized.Bundle.Points[0].Rows[map]);
        Assert.Equal(4, Answer(resized.Bundle).Length);

        // Half as many lines: each stands for two.
        Assert.Equal([0, 0, 1, 1, 2, 2, 3, 3], MapLines.Nearest(8, 4));
    }

    // Pointwise steps behind a flattened or reshaped map have no tables, and rows of a grid that their shape does not tell of.
    [Theory]
    [InlineData("flatten")]
    [InlineData("reshape")]
    [InlineData("rows")]
    public void PointwiseStepsBehindAReshapedMapFollow(string kind)
    {
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 3, 32, 24).Weights("w", 8, 3, 3, 3).Weights("w2", 8, 3, 3, 3).Weights("v", 4, 8 * 16 * 12).Weights("u", 4, 8)
            .Ints("s", 1, -1).Ints("t", 1, -1, 8).Node("Conv", "x w", "c", ("pads", new[] { 1, 1, 1, 1 }), ("strides", new[] { 2, 2 }));
        builder = kind switch
        {
            "flatten" => builder.Node("Flatten", "c", "f").Node("Sigmoid", "f", "a").Node("Gemm", "a v", "y", ("transB", 1)),
            "reshape" => builder.Node("Reshape", "c s", "f").Node("Relu", "f", "a").Node("Gemm", "a v", "y", ("transB", 1)),
            _ => builder.Node("Conv", "x w2", "d", ("pads", new[] { 1, 1, 1, 1 }), ("strides", new[] { 2, 2 }))
                .Node("Transpose", "c", "ct", ("perm", new[] { 0, 2, 3, 1 })).Node("Reshape", "ct t", "cr").Node("Transpose", "d", "dt", ("perm", new[] { 0, 2, 3, 1 })).Node("Reshape", "dt t", "dr")
                .Node("Concat", "cr dr", "j", ("axis", 1)).Node("Relu", "j", "r").Node("ReduceMean", "r", "m", ("axes", new[] { 1 }), ("keepdims", 0)).Node("Gemm", "m u", "y", ("transB", 1)),
        };
        File.WriteAllBytes(_folder.File("net.onnx"), builder.Output("y").Model.ToByteArray());
        using Bundle dense = new PackPipeline(new() { Model = _folder.File("net.onnx"), Int8 = false }, new Silent(), null).Run(CancellationToken.None).Bundle;
        (int Height, int Width)[] grids = PerforationSection.Parse(dense.Extras[0].Bytes).Grids;
        ResizedNetwork resized = ResizedNetwork.Of(dense, grids, new Perforator(dense), new InputSize(16, 12))!;
        int first = dense.Steps[0].Output;
        Assert.Equal(kind == "rows" ? 16 * 12 : 8 * 6, resized.Bundle.Points[0].Rows[first]);
        Assert.Equal(kind == "rows", dense.Steps.Any(s => s is ConcatStep { AlongRows: true }));

        // Masks on top, through the file and back.
        Perforator perforator = new(resized.Bundle);
        int step = Array.FindIndex(dense.Steps, s => s is ConvolutionStep { Taps: > 1 });
        Dictionary<int, Support> masks = perforator.CanPerforate(step)
            ? new() { [step] = new MaskMaker(resized.Grids[first].Height, resized.Grids[first].Width).Make(MaskKind.Grid, 0.25, 1) } : [];
        PointAssembler assembler = new(dense);
        assembler.Add("small", resized.Tables);
        assembler.Add("masked", perforator.Compile(masks));
        string path = _folder.File("net.edge");
        BundleWriter.Save(assembler.Build([]), path);
        Assert.Equal(Hash(resized.Bundle, 0), Hash(BundleReader.Open(path), 1));
        Assert.Equal(masks.Count == 0, Hash(BundleReader.Open(path), 1) == Hash(BundleReader.Open(path), 2));
    }

    [Fact]
    public void AnAnswerMadeOfTheInputAloneKeepsItsSize()
    {
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 3, 32, 24).Node("Relu", "x", "y").Output("y");
        File.WriteAllBytes(_folder.File("net.onnx"), builder.Model.ToByteArray());
        using Bundle dense = new PackPipeline(new() { Model = _folder.File("net.onnx"), Int8 = false }, new Silent(), null).Run(CancellationToken.None).Bundle;
        Assert.Null(ResizedNetwork.Of(dense, PerforationSection.Parse(dense.Extras[0].Bytes).Grids, new Perforator(dense), new InputSize(16, 12)));
    }

    [Theory]
    [InlineData(32, 24)]
    [InlineData(33, 20)]
    [InlineData(0, 20)]
    public void NoSmallerPictureIsNoNetwork(int height, int width)
    {
        File.WriteAllBytes(_folder.File("net.onnx"), Network("plain").Model.ToByteArray());
        using Bundle packed = new PackPipeline(new() { Model = _folder.File("net.onnx"), Int8 = false }, new Silent(), null).Run(CancellationToken.None).Bundle;
        Assert.Null(ResizedNetwork.Of(packed, PerforationSection.Parse(packed.Extras[0].Bytes).Grids, new Perforator(packed), new InputSize(height, width)));
    }

    private static OnnxBuilder Network(string name)
    {
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 3, 32, 24).Weights("w", 8, 3, 3, 3).Weights("w2", 8, 8, 3, 3).Weights("w3", 16, 8, 3, 3).Weights("w4", 16, 8, 1, 1)
            .Weights("d", 8, 1, 5, 5).Weights("g1", 8, 8, 1, 1).Weights("v8", 4, 8).Weights("v16", 4, 16).Weights("v24", 4, 24);
        builder = builder.Node("Conv", "x w", "c", ("pads", name == "valid" ? new[] { 0, 0, 0, 0 } : [1, 1, 1, 1])).Node("Relu", "c", "r");
        (builder, string last, string matrix) = name switch
        {
            "plain" or "valid" => (builder.Node("MaxPool", "r", "p", ("kernel_shape", new[] { 3, 3 }), ("strides", new[] { 2, 2 }), ("ceil_mode", 1))
                .Node("Conv", "p w3", "e", ("pads", new[] { 1, 1, 1, 1 })), "e", "v16"),
            "residual" => (builder.Node("Conv", "r w2", "e", ("pads", new[] { 1, 1, 1, 1 })).Node("Add", "e r", "s")
                .Node("Conv", "s w3", "f", ("pads", new[] { 1, 1, 1, 1 }), ("strides", new[] { 2, 2 })).Node("Conv", "s w4", "h", ("strides", new[] { 2, 2 })).Node("Add", "f h", "t"), "t", "v16"),
            "gate" => (builder.Node("GlobalAveragePool", "r", "q").Node("Conv", "q g1", "z").Node("Sigmoid", "z", "a").Node("Mul", "r a", "m")
                .Node("Conv", "m w2", "e", ("pads", new[] { 1, 1, 1, 1 }), ("strides", new[] { 2, 2 })), "e", "v8"),
            "branches" => (builder.Node("Conv", "r w3", "e", ("pads", new[] { 1, 1, 1, 1 })).Node("Concat", "e r", "m", ("axis", 1))
                .Node("AveragePool", "m", "p", ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 })), "p", "v24"),
            _ => (builder.Node("Conv", "r d", "e", ("pads", new[] { 2, 2, 2, 2 }), ("strides", new[] { 2, 2 }), ("group", 8)).Node("Relu", "e", "f"), "f", "v8"),
        };
        return builder.Node("GlobalAveragePool", last, "g").Node("Flatten", "g", "l").Node("Gemm", $"l {matrix}", "y", ("transB", 1)).Output("y");
    }

    private static float[] Answer(Bundle bundle)
    {
        using EdgeModel model = EdgeModel.Load(bundle);
        using Session session = model.CreateSession();
        session.SetGoldenInput();
        session.Run();
        float[] values = new float[4];
        session.GetOutput(0, values);
        return values;
    }

    private static ulong Hash(Bundle bundle, int point)
    {
        using EdgeModel model = EdgeModel.Load(bundle);
        using Session session = model.CreateSession();
        session.Point = point;
        session.SetGoldenInput();
        session.Run();
        return session.HashOutputs();
    }
}
