using EdgeRuntime.Sessions;
using ModelPacker.Calibrate;
using ModelPacker.Emit;
using ModelPacker.Equalize;
using ModelPacker.Lower;
using ModelPacker.Tests.Lower;

namespace ModelPacker.Tests.Equalize;

public class CrossLayerEqualizerTests
{
    // A depthwise layer whose channels lie four powers of ten apart, as batch norm folding leaves them.
    private static OnnxBuilder Uneven()
    {
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 3, 8, 8).Weights("w1", 8, 3, 1, 1).Weights("w2", 8, 1, 3, 3).Weights("w3", 4, 8, 1, 1)
            .Node("Conv", "x w1", "a").Node("LeakyRelu", "a", "la").Node("Conv", "la w2", "b", ("group", 8)).Node("Relu", "b", "rb").Node("Conv", "rb w3", "y").Output("y");
        return builder;
    }

    [Fact]
    public void TheNetworkComputesTheSameAndItsRangesComeTogether()
    {
        OnnxBuilder builder = Uneven();
        LoweredModel model = FloatBundle.Lower(builder);
        LoweredStep first = model.Steps[0];
        for (int i = 0; i < first.Weights!.Length; i++)
        {
            first.Weights[i] *= MathF.Pow(10, i / 3 % 5);
        }

        MapStatistics[] statistics = Calibrate(model, builder);
        LoweredModel? equalized = CrossLayerEqualizer.Equalize(model, statistics);
        Assert.NotNull(equalized);
        float[] before = FloatBundle.Run(FloatEmitter.Emit(model, []), builder)[0];
        float[] after = FloatBundle.Run(FloatEmitter.Emit(equalized, []), builder)[0];
        float largest = before.Max(Math.Abs);
        Assert.All(before.Zip(after), p => Assert.Equal(p.First, p.Second, largest * 1e-5f));

        int map = first.Step.Output;
        Assert.True(Spread(statistics[map]) > 1e3);
        Assert.True(Spread(Calibrate(equalized, builder)[map]) < 1.01);
    }

    [Fact]
    public void ABoundThatIsNotZeroStopsIt()
    {
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 3, 8, 8).Weights("w1", 8, 3, 1, 1).Weights("w2", 4, 8, 1, 1).Scalar("low", 0).Scalar("high", 6)
            .Node("Conv", "x w1", "a").Node("Clip", "a low high", "c").Node("Conv", "c w2", "y").Output("y");
        LoweredModel model = FloatBundle.Lower(builder);
        Assert.Null(CrossLayerEqualizer.Equalize(model, Calibrate(model, builder)));
    }

    [Fact]
    public void AMapWithTwoReadersStaysAsItIs()
    {
        OnnxBuilder builder = new OnnxBuilder().Input("x", 1, 3, 8, 8).Weights("w1", 8, 3, 1, 1).Weights("w2", 8, 8, 1, 1)
            .Node("Conv", "x w1", "a").Node("Conv", "a w2", "b").Node("Add", "a b", "y").Output("y");
        LoweredModel model = FloatBundle.Lower(builder);
        Assert.Null(CrossLayerEqualizer.Equalize(model, Calibrate(model, builder)));
    }

    private static double Spread(MapStatistics s) => s.ChannelMagnitudes.Max() / s.ChannelMagnitudes.Min();

    private static MapStatistics[] Calibrate(LoweredModel model, OnnxBuilder builder)
        => Calibrator.Run(model, [(Action<Session>)(s => FloatBundle.Feed(s, builder))], 1, null, default);
}
