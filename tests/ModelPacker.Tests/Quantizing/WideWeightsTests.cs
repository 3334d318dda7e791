using ModelPacker.Emit;
using ModelPacker.Lower;
using ModelPacker.Quantizing;
using ModelPacker.Tests.Lower;

namespace ModelPacker.Tests.Quantizing;

public class WideWeightsTests
{
    private const float Unit = 1f / 64;

    private static OnnxBuilder Network() => new OnnxBuilder().Input("x", 1, 3, 9, 9)
        .Weights("w1", 8, 3, 3, 3).Weights("w2", 8, 1, 3, 3).Weights("w3", 6, 8, 1, 1)
        .Node("Conv", "x w1", "a", ("pads", new[] { 1, 1, 1, 1 })).Node("Conv", "a w2", "b", ("group", 8)).Node("Conv", "b w3", "y").Output("y");

    [Theory]
    [InlineData(128)]
    [InlineData(203)]
    [InlineData(-254)]
    [InlineData(255)]
    public void WeightsFitAndTheNetworkComputesTheSame(int largest)
    {
        OnnxBuilder builder = Network();
        LoweredModel model = FloatBundle.Lower(builder);
        Random random = new(largest);
        for (int i = 0; i < model.Steps.Count; i++)
        {
            float[] weights = [.. model.Steps[i].Weights!.Select(_ => random.Next(-127, 128) * Unit)];
            weights[random.Next(weights.Length)] = largest * Unit;
            weights[random.Next(weights.Length)] = largest * Unit;
            model.Steps[i] = model.Steps[i] with { Weights = weights, WeightScales = [Unit] };
        }

        LoweredModel split = WideWeights.Split(model);
        Assert.Equal(model.Steps.Count + 2, split.Steps.Count);
        Assert.All(split.Steps.Where(s => s.WeightScales is not null), s => Assert.All(s.Weights!, w => Assert.InRange(w, -127 * Unit, 127 * Unit)));
        float[] before = FloatBundle.Run(FloatEmitter.Emit(model, []), builder)[0];
        float[] after = FloatBundle.Run(FloatEmitter.Emit(split, []), builder)[0];
        float tolerance = before.Max(Math.Abs) * 1e-5f;
        Assert.All(before.Zip(after), p => Assert.Equal(p.First, p.Second, tolerance));

        // All maps can be perforated, those that came in too.
        Assert.Equal(model.Maps.Count + 2, split.Maps.Count);
        Assert.All(split.Maps, m => Assert.Equal(m.Rows, m.Grid.Height * m.Grid.Width));
    }

    [Fact]
    public void WhatFitsStays()
    {
        LoweredModel model = FloatBundle.Lower(Network());
        Assert.Equal(model.Steps, WideWeights.Split(model).Steps);
    }
}
