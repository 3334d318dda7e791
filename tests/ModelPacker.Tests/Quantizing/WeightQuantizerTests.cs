using ModelPacker.Quantizing;

namespace ModelPacker.Tests.Quantizing;

public class WeightQuantizerTests
{
    [Fact]
    public void LargestWeightOfEachChannelBecomes127()
    {
        float[] weights = [0.5f, -2f, 1f, 0.25f, 0.1f, -0.05f];
        WeightQuantizer.Result result = WeightQuantizer.Quantize(weights, 2, i => i / 3, null, _ => 1);
        Assert.Equal([2f / 127, 0.25f / 127], result.Scales);
        Assert.Equal([32, -127, 64, 127, 51, -25], result.Values.Select(v => (int)v));
    }

    [Fact]
    public void ErrorIsAtMostHalfAStep()
    {
        Random random = new(3);
        float[] weights = [.. Enumerable.Range(0, 1000).Select(_ => (random.NextSingle() - 0.5f) * 4)];
        WeightQuantizer.Result result = WeightQuantizer.Quantize(weights, 10, i => i % 10, null, _ => 1);
        for (int i = 0; i < weights.Length; i++)
        {
            float step = result.Scales[i % 10];
            Assert.InRange(Math.Abs(weights[i] - (result.Values[i] * step)), 0, step * 0.5001f);
            Assert.NotEqual(-128, result.Values[i]);
        }
    }

    [Fact]
    public void PrescribedScalesAreKept()
    {
        WeightQuantizer.Result result = WeightQuantizer.Quantize([0.5f, -1f, 0.25f, 0.75f], 2, i => i / 2, [0.25f], _ => 1);
        Assert.Equal([0.25f, 0.25f], result.Scales);
        Assert.Equal([2, -4, 1, 3], result.Values.Select(v => (int)v));
    }

    [Fact]
    public void AChannelOfZerosHasAUsableScale()
    {
        WeightQuantizer.Result result = WeightQuantizer.Quantize([0f, 0f, 1f], 2, i => i / 2, null, _ => 1);
        Assert.True(result.Scales[0] > 0);
        Assert.Equal([0, 0, 127], result.Values.Select(v => (int)v));
    }
}
