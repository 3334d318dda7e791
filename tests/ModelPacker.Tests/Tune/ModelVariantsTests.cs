using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using EdgeRuntime.Sessions;
using Google.Protobuf;
using ModelPacker.Import;
using ModelPacker.Pipeline;
using ModelPacker.Tune;

namespace ModelPacker.Tests.Tune;

public sealed class ModelVariantsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AFractionalStrideComputesOnlyThePickedSites()
    {
        ModelVariants variants = Variants(Network(flatten: false));
        using Bundle dense = Pack();
        ModelVariant variant = variants.Strided(0.25, 3);
        using Bundle bundle = variant.Bundle;
        OperatingPoint point = bundle.Points[variant.Point];
        int Rows(Bundle b, OperatingPoint p, string step) => p.Rows[Array.Find(b.Steps, s => s.Name == step)!.Output];

        // 20×12 sites, half of the rows and half of the columns; behind a pooling of stride 2 a quarter of those.
        Assert.Equal(0.25, variant.Share, 12);
        Assert.Equal(240, Rows(dense, dense.Points[0], "first"));
        Assert.Equal(60, Rows(bundle, point, "first"));
        Assert.Equal(60, Rows(dense, dense.Points[0], "second"));
        Assert.Equal(15, Rows(bundle, point, "second"));
        Assert.Equal(0.25, bundle.Macs(point) / dense.Macs(dense.Points[0]), 2);
    }

    [Fact]
    public void SkippingWhatIsNotPickedChangesNoAnswer()
    {
        ModelVariant variant = Variants(Network(flatten: false)).Strided(0.5, 1);
        using EdgeRuntime.EdgeModel model = EdgeRuntime.EdgeModel.Load(variant.Bundle);
        using Session session = model.CreateSession();
        ulong[] hashes = [.. Enumerable.Range(0, 2).Select(p =>
        {
            session.Point = p;
            session.SetGoldenInput();
            session.Run();
            return session.HashOutputs();
        })];
        Assert.Equal(hashes[0], hashes[1]);
    }

    [Fact]
    public void ASmallerInputMakesEveryMapSmaller()
    {
        ModelVariant variant = Variants(Network(flatten: false)).Smaller(0.5);
        using Bundle bundle = variant.Bundle;
        Assert.Equal([1, 3, 10, 6], bundle.Inputs[0].Dims);
        Assert.Equal((10, 6), (variant.Spec.Height, variant.Spec.Width));
        Assert.Equal(0.25, variant.Share, 12);
        Assert.Equal([60, 15], bundle.Steps.Where(s => s.Name is "first" or "second").Select(s => bundle.Points[0].Rows[s.Output]));
    }

    [Fact]
    public void APoolingOfTheWholeMapFitsEverySize()
    {
        // 10×6 windows over 10×6 sites are a global average, and mean the same at other sizes.
        ModelVariant variant = Variants(Network(flatten: false)).Smaller(0.75);
        using Bundle bundle = variant.Bundle;
        Assert.Equal([1, 4], bundle.Outputs[0].Dims);
    }

    [Fact]
    public void AMatrixBehindAFlattenedMapTakesNoOtherSize()
    {
        ModelVariants variants = Variants(Network(flatten: true));
        Assert.Contains("Gemm", Assert.Throws<ModelException>(() => variants.Smaller(0.5)).Message);
        Assert.Contains("Gemm", Assert.Throws<ModelException>(() => variants.Strided(0.5, 1)).Message);
    }

    [Fact]
    public void AnswersOfAnotherShapeCannotBeCompared()
    {
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 3, 20, 12).Weights("w", 8, 3, 3, 3).Weights("w2", 4, 8, 3, 3)
            .Node("Conv", "x w", "c").Node("Conv", "c w2", "y").Output("y");
        Assert.Contains("another shape", Assert.ThrowsAny<ModelException>(() => Variants(builder).Smaller(0.5)).Message);
    }

    [Fact]
    public void SizesThatDoNotFitGiveWayToEvenOnes()
    {
        // A branch that pads at the end only meets one without padding: they agree at even sizes, not at odd ones.
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 3, 20, 20).Weights("w", 8, 3, 3, 3).Weights("w2", 8, 8, 3, 3)
            .Node("Conv", "x w", "c", ("pads", new[] { 1, 1, 1, 1 })).Node("Conv", "c w2", "d", ("pads", new[] { 0, 0, 1, 1 }), ("strides", new[] { 2, 2 }))
            .Node("MaxPool", "c", "e", ("kernel_shape", new[] { 1, 1 }), ("strides", new[] { 2, 2 })).Node("Add", "d e", "s")
            .Node("GlobalAveragePool", "s", "g").Node("Flatten", "g", "y").Output("y");
        ModelVariants variants = Variants(builder, 20);
        ModelVariant smaller = variants.Smaller(0.76);
        smaller.Bundle.Dispose();
        Assert.Equal((16, 16), (smaller.Spec.Height, smaller.Spec.Width));
        ModelVariant strided = variants.Strided(0.5625, 1);
        strided.Bundle.Dispose();
        Assert.Equal(16 * 16 / 400.0, strided.Share, 12);
    }

    [Fact]
    public void ANetworkWithoutWindowsHasNoFractionalStride()
    {
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 3, 20, 12).Weights("w", 4, 3, 1, 1).Node("Conv", "x w", "c").Node("GlobalAveragePool", "c", "g").Node("Flatten", "g", "y").Output("y");
        Assert.ThrowsAny<ModelException>(() => Variants(builder).Strided(0.5, 1));
    }

    [Fact]
    public void ConvolutionsWithoutPaddingAndResidualsFollow()
    {
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 3, 20, 12).Weights("w", 8, 3, 3, 3).Weights("w2", 8, 8, 3, 3).Weights("w3", 16, 8, 3, 3).Weights("w4", 16, 8, 1, 1)
            .Node("Conv", "x w", "c").Node("Relu", "c", "r")
            .Node("Conv", "r w2", "d", ("pads", new[] { 1, 1, 1, 1 })).Node("Add", "d r", "s")
            .Node("Conv", "s w3", "e", ("pads", new[] { 1, 1, 1, 1 }), ("strides", new[] { 2, 2 })).Node("Conv", "s w4", "f", ("strides", new[] { 2, 2 })).Node("Add", "e f", "t")
            .Node("GlobalAveragePool", "t", "g").Node("Flatten", "g", "y").Output("y");
        ModelVariant variant = Variants(builder).Strided(0.33, 1);
        using Bundle bundle = variant.Bundle;

        // 18×10 sites behind the first layer: ⌊√.33·18⌋ × ⌊√.33·10⌋.
        Assert.Equal(10 * 5, bundle.Points[1].Rows[bundle.Steps[0].Output]);
        Assert.InRange(bundle.Macs(bundle.Points[1]), 1, bundle.Macs(bundle.Points[0]) - 1);
    }

    private static OnnxBuilder Network(bool flatten)
    {
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 3, 20, 12).Weights("w", 8, 3, 3, 3).Weights("w2", 8, 8, 3, 3).Weights("v", 4, flatten ? 8 * 60 : 8)
            .Node("Conv", "x w", "first", ("pads", new[] { 1, 1, 1, 1 })).Node("Relu", "first", "r").Node("MaxPool", "r", "p", ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 }))
            .Node("Conv", "p w2", "second", ("pads", new[] { 1, 1, 1, 1 })).Node("Relu", "second", "s");
        builder = flatten ? builder : builder.Node("AveragePool", "s", "g", ("kernel_shape", new[] { 10, 6 }));
        return builder.Node("Flatten", flatten ? "s" : "g", "f").Node("Gemm", "f v", "y", ("transB", 1)).Output("y");
    }

    private PackOptions Options => new() { Model = _folder.File("net.onnx"), Calibration = "random" };

    private ModelVariants Variants(OnnxBuilder builder, int width = 12)
    {
        File.WriteAllBytes(_folder.File("net.onnx"), builder.Model.ToByteArray());
        return new ModelVariants(Options, new InputSpec { Width = width, Height = 20 }, new Silent(), CancellationToken.None);
    }

    private Bundle Pack() => new PackPipeline(Options, new Silent(), null).Run(CancellationToken.None).Bundle;
}
