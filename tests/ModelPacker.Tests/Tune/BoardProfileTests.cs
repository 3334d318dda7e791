using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Tests.Shared.Bundles;
using ModelPacker.Tune;

namespace ModelPacker.Tests.Tune;

public class BoardProfileTests
{
    [Theory]
    [InlineData("pi5")]
    [InlineData("pi4")]
    [InlineData("pi3b+")]
    [InlineData("zero2w")]
    public void EveryBoardPredictsEveryStep(string name)
    {
        using Bundle bundle = EveryStepNetwork.Create();
        CostModel costs = BoardProfile.Read(name).Costs(bundle);
        Assert.Equal(bundle.Steps.Length, costs.Samples.Length);
        Assert.All(costs.Samples, s => Assert.True(s.Length == 1 && s[0].Rows > 0 && s[0].Cost > 0));
    }

    [Fact]
    public void AConvolutionTakesItsMultiplicationsAtTheClock()
    {
        NetworkBuilder net = new(1);
        net.Output(net.Convolution(net.Input(ElementType.S8, 20, 10, 8), 3, 1, 16));
        using Bundle bundle = net.Build();

        // 200 sites · 9 taps · 8 · 16 products at 6.6 a cycle, 1.7 times as long as the model says, 1800 MHz.
        Assert.Equal(200 * 9 * 8 * 16 / 6.6 * 1.7 / 1.8e6, BoardProfile.Read("pi4").Costs(bundle).Predict(0, 200), 1e-9);
    }

    [Fact]
    public void FasterBoardsAreFaster()
    {
        using Bundle bundle = EveryStepNetwork.Create();
        double[] times = [.. new[] { "pi5", "pi4", "pi3b+", "zero2w" }.Select(b => BoardProfile.Read(b).Costs(bundle).Samples.Sum(s => s[0].Cost))];
        Assert.Equal(times.Order(), times);
    }

    [Fact]
    public void UnknownBoardsAreRefusedWithAListOfKnownOnes()
    {
        EdgeRuntimeException e = Assert.Throws<EdgeRuntimeException>(() => BoardProfile.Read("pi6"));
        Assert.Equal(2, e.ExitCode);
        Assert.Contains("pi4", e.Message, StringComparison.Ordinal);
    }
}
