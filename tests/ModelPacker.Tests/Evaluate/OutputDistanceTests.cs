using EdgeRuntime.Images;
using ModelPacker.Evaluate;

namespace ModelPacker.Tests.Evaluate;

public class OutputDistanceTests
{
    [Fact]
    public void ClassifiersAreComparedByDivergence()
    {
        OutputDistance shares = OutputDistance.For(new InputSpec { Width = 8, Height = 8 }, 1);
        Assert.Equal(0, shares.Between([0.5f, 0.25f, 0.25f], [0.5f, 0.25f, 0.25f]), 1e-12);

        // ½·ln(½/¼) + ¼·ln(¼/½) = ¼·ln 2.
        Assert.Equal(0.25 * Math.Log(2), shares.Between([0.5f, 0.25f, 0.25f], [0.25f, 0.5f, 0.25f]), 1e-7);
    }

    [Fact]
    public void LogitsMayShiftTogether()
    {
        OutputDistance logits = OutputDistance.For(new InputSpec { Width = 8, Height = 8, OutputIsLogits = true }, 1);
        Assert.Equal(0, logits.Between([1, 2, 3], [11, 12, 13]), 1e-6);
        Assert.True(logits.Between([1, 2, 3], [1, 3, 2]) > 0.1);
    }

    [Fact]
    public void OtherOutputsAreComparedByNoise()
        => Assert.Equal(1.0 / 25, OutputDistance.For(null, 2).Between([3, 4], [3, 5]), 1e-9);

    [Fact]
    public void NaNIsNotTakenForAGoodAnswer()
    {
        Assert.True(double.IsNaN(OutputDistance.For(null, 1).Between([[1, 2]], [[1, float.NaN]])));
        Assert.True(double.IsNaN(OutputDistance.For(new InputSpec { Width = 8, Height = 8 }, 1).Between([[0.5f, 0.5f]], [[float.NaN, 0.5f]])));
    }
}
