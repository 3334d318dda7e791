using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Sessions;
using ModelPacker.Calibrate;
using ModelPacker.Correct;
using ModelPacker.Emit;
using ModelPacker.Lower;
using ModelPacker.Quantizing;
using ModelPacker.Tests.Lower;

namespace ModelPacker.Tests.Correct;

public class ConstantFitterTests
{
    private static OnnxBuilder Network() => new OnnxBuilder().Input("x", 1, 3, 12, 12)
        .Weights("w1", 8, 3, 3, 3).Weights("b1", 8).Weights("w2", 8, 1, 3, 3).Weights("w3", 6, 8, 1, 1).Scalar("low", 0).Scalar("high", 1)
        .Node("Conv", "x w1 b1", "c1", ("pads", new[] { 1, 1, 1, 1 })).Node("Clip", "c1 low high", "r1")
        .Node("Conv", "r1 w2", "c2", ("group", 8), ("pads", new[] { 1, 1, 1, 1 })).Node("Relu", "c2", "r2").Node("Conv", "r2 w3", "y").Output("y");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AnExposedBundleAnswersTheSame(bool int8)
    {
        OnnxBuilder builder = Network();
        Bundle bundle = int8 ? Quantize(builder, null) : FloatEmitter.Emit(FloatBundle.Lower(builder), []);
        float[] plain = FloatBundle.Run(bundle, builder)[0];
        ExposedBundle exposed = ExposedBundle.Of(bundle, 0);
        float[] opened = FloatBundle.Run(exposed.Bundle, builder)[0];
        Assert.Equal(3, exposed.Layers.Count);

        // A sum that lies between two levels may round to the other one; what is fp32 all the way must agree closely.
        float step = int8 ? plain.Max(Math.Abs) / 50 : plain.Max(Math.Abs) * 1e-5f;
        Assert.All(plain.Zip(opened), p => Assert.Equal(p.First, p.Second, step));
    }

    [Fact]
    public void FindsTheDistortionThatWasAdded()
    {
        OnnxBuilder builder = Network();
        LoweredModel exact = FloatBundle.Lower(builder);
        LoweredModel distorted = FloatBundle.Lower(builder);
        LoweredStep first = distorted.Steps[0];
        int depth = first.Weights!.Length / 8;
        for (int n = 0; n < 8; n++)
        {
            first.Bias![n] = (first.Bias[n] * (1 + (0.1f * n))) + n;
            for (int k = 0; k < depth; k++)
            {
                first.Weights[(n * depth) + k] *= 1 + (0.1f * n);
            }
        }

        using ConstantFitter fitter = new(FloatEmitter.Emit(exact, []), [s => FloatBundle.Feed(s, builder)], 1, default);
        Dictionary<int, ChannelCorrection> found = fitter.Fit(FloatEmitter.Emit(distorted, []), 0, true, _ => null);
        ChannelCorrection correction = found[first.Step.Output];
        for (int n = 0; n < 8; n++)
        {
            Assert.Equal(1 / (1 + (0.1 * n)), correction.Scale[n], 1e-3);
            Assert.Equal(-n / (1 + (0.1 * n)), correction.Shift[n], 1e-2);
        }

        // Behind a layer that is right again there is nothing left to correct.
        ChannelCorrection second = found[distorted.Steps[1].Step.Output];
        Assert.All(second.Scale, s => Assert.Equal(1, s, 1e-3));
        Assert.All(second.Shift, s => Assert.Equal(0, s, 1e-2));
    }

    [Fact]
    public void MeansOfTheInt8NetworkBecomeThoseOfTheExactOne()
    {
        OnnxBuilder builder = Network();
        LoweredModel model = FloatBundle.Lower(builder);
        using ConstantFitter fitter = new(FloatEmitter.Emit(model, []), [s => FloatBundle.Feed(s, builder)], 1, default);
        Dictionary<int, ChannelCorrection> corrections = fitter.Fit(Quantize(builder, null), 0, false, _ => null);
        double before = MeanError(builder, Quantize(builder, null));
        double after = MeanError(builder, Quantize(builder, corrections));
        Assert.True(after < before / 3, $"mean error {before} became {after}");
    }

    private static double MeanError(OnnxBuilder builder, Bundle bundle)
    {
        float[] exact = OrtOracle.Run(Google.Protobuf.MessageExtensions.ToByteArray(builder.Model), builder.Feeds)[0];
        float[] actual = FloatBundle.Run(bundle, builder)[0];
        return Enumerable.Range(0, 6).Sum(c => Math.Abs(Enumerable.Range(c * 144, 144).Average(i => (double)actual[i] - exact[i])));
    }

    private static Bundle Quantize(OnnxBuilder builder, Dictionary<int, ChannelCorrection>? corrections)
    {
        LoweredModel model = FloatBundle.Lower(builder);
        MapStatistics[] statistics = Calibrator.Run(model, [(Action<Session>)(s => FloatBundle.Feed(s, builder))], 1, null, default);
        return Quantizer.Quantize(model, statistics, new QuantizeOptions { BiasCorrection = false }, [], corrections);
    }
}
