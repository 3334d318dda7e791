using EdgeRuntime.Bundles;
using EdgeRuntime.Sessions;
using Google.Protobuf;
using ModelPacker.Calibrate;
using ModelPacker.Graphs;
using ModelPacker.Import;
using ModelPacker.Lower;
using ModelPacker.Quantizing;
using ModelPacker.Tests.Lower;

namespace ModelPacker.Tests.Quantizing;

/// <summary>Small networks in int8 stay close to ONNX Runtime in fp32.</summary>
public class QuantizedNetworkTests
{
    private static OnnxBuilder Residual() => new OnnxBuilder().Input("x", 1, 3, 12, 12)
        .Weights("w1", 8, 3, 3, 3).Weights("b1", 8).Weights("w2", 8, 8, 3, 3).Weights("w3", 8, 1, 3, 3).Weights("w4", 5, 8)
        .Node("Conv", "x w1 b1", "c1", ("pads", new[] { 1, 1, 1, 1 })).Node("Relu", "c1", "r1")
        .Node("Conv", "r1 w2", "c2", ("pads", new[] { 1, 1, 1, 1 })).Node("Add", "c2 r1", "a").Node("Relu", "a", "r2")
        .Node("Conv", "r2 w3", "c3", ("group", 8), ("strides", new[] { 2, 2 })).Node("Sigmoid", "c3", "s").Node("Mul", "s c3", "m")
        .Node("MaxPool", "m", "p", ("kernel_shape", new[] { 2, 2 })).Node("GlobalAveragePool", "p", "g").Node("Flatten", "g", "f")
        .Node("Gemm", "f w4", "y", ("transB", 1)).Output("y");

    private static OnnxBuilder Branches() => new OnnxBuilder().Input("x", 1, 4, 10, 10)
        .Weights("w1", 6, 4, 1, 1).Weights("w2", 5, 4, 3, 3).Weights("w3", 7, 11, 3, 3).Ints("s", 1, 7, 20, 20)
        .Node("Conv", "x w1", "a").Node("LeakyRelu", "a", "la").Node("Conv", "x w2", "b", ("pads", new[] { 1, 1, 1, 1 })).Node("Clip", "b", "cb")
        .Node("Concat", "la cb", "j", ("axis", 1)).Node("Conv", "j w3", "c", ("pads", new[] { 1, 1, 1, 1 }))
        .Node("Resize", "c - - s", "y", ("mode", "linear")).Output("y");

    [Theory]
    [InlineData(CalibrationMethod.MinMax)]
    [InlineData(CalibrationMethod.Mse)]
    [InlineData(CalibrationMethod.Percentile)]
    public void StaysClose(CalibrationMethod method)
    {
        foreach (OnnxBuilder builder in (OnnxBuilder[])[Residual(), Branches()])
        {
            float[] expected = OrtOracle.Run(builder.Model.ToByteArray(), builder.Feeds)[0];
            float[] actual = FloatBundle.Run(Quantize(builder, new QuantizeOptions { Method = method }), builder)[0];
            double noise = Math.Sqrt(expected.Zip(actual, (e, a) => ((double)e - a) * (e - a)).Sum() / expected.Sum(e => (double)e * e));

            // Random weights are harsher than trained ones; a wrong scale or zero point gives errors near 1.
            Assert.InRange(noise, 0, 0.08);
        }
    }

    [Fact]
    public void ConvolutionsRunInInt8()
    {
        using Bundle bundle = Quantize(Residual(), new QuantizeOptions());
        Assert.All(bundle.Steps.Where(s => s is ConvolutionStep or DepthwiseStep { Taps: > 1 }), s => Assert.Equal(ElementType.S8, bundle.Maps[s.Inputs[0]].Type));
    }

    [Fact]
    public void LayersThatAreToStayFloatDo()
    {
        LoweredModel model = FloatBundle.Lower(Residual());
        string name = model.Steps.First(s => s.Step is ConvolutionStep).Step.Name;
        using Bundle bundle = Quantize(Residual(), new QuantizeOptions { KeepFloat = new HashSet<string> { name } });
        Assert.Equal(ElementType.F32, bundle.Maps[bundle.Steps.First(s => s.Name == name).Output].Type);
    }

    [Fact]
    public void AnUnknownLayerIsNamed()
    {
        ModelException e = Assert.Throws<ModelException>(() => Quantize(Residual(), new QuantizeOptions { KeepFloat = new HashSet<string> { "nosuch" } }));
        Assert.Contains("'nosuch'", e.Message);
    }

    [Theory]
    [InlineData(-1f, 1f)]
    [InlineData(0f, 6f)]
    [InlineData(-3f, 0f)]
    public void ZeroIsExact(float low, float high)
    {
        Quantization q = RangeGroups.FromRange(low, high);
        Assert.InRange(q.ZeroPoint, -128, 127);
        Assert.Equal(0f, (LookupTables.Quantize(0, q) - q.ZeroPoint) * q.Scale);
        Assert.InRange((127 - q.ZeroPoint) * q.Scale, high - q.Scale, high + q.Scale);
        Assert.InRange((-128 - q.ZeroPoint) * q.Scale, low - q.Scale, low + q.Scale);
    }

    private static Bundle Quantize(OnnxBuilder builder, QuantizeOptions options)
    {
        LoweredModel model = FloatBundle.Lower(builder);
        Random random = new(5);
        List<Action<Session>> samples = [s => s.SetInput(0, builder.Feeds["x"].Data)];
        for (int i = 0; i < 7; i++)
        {
            float[] data = [.. builder.Feeds["x"].Data.Select(_ => (random.NextSingle() * 4) - 2)];
            samples.Add(s => s.SetInput(0, data));
        }

        MapStatistics[] statistics = Calibrator.Run(model, samples, 1, null, CancellationToken.None);
        return Quantizer.Quantize(model, statistics, options, []);
    }
}
