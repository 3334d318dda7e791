using ModelPacker.Tune;

namespace ModelPacker.Tests.Tune;

public class CostModelTests
{
    private static readonly CostModel Model = new("ms", [[(10, 2.0), (20, 3.0), (40, 8.0)], [(5, 1.0)]]);

    [Theory]
    [InlineData(10, 2)]
    [InlineData(20, 3)]
    [InlineData(40, 8)]
    [InlineData(15, 2.5)]
    [InlineData(30, 5.5)]
    [InlineData(5, 1)]
    [InlineData(1, 0.2)]
    [InlineData(80, 16)]
    public void IsLinearBetweenSamplesAndProportionalBeyond(int rows, double cost) => Assert.Equal(cost, Model.Predict(0, rows), 12);

    [Fact]
    public void ANetworkIsTheSumOfItsSteps() => Assert.Equal(2.5 + 0.6, Model.Predict([15, 3]), 12);

    [Fact]
    public void TextKeepsEveryBit()
    {
        Random random = new(3);
        CostModel model = new("mac", [.. Enumerable.Range(1, 20).Select(i => Enumerable.Range(1, i).Select(r => (r * 7, random.NextDouble() * 1e9)).ToArray())]);
        CostModel again = CostModel.Parse(model.ToText());
        Assert.Equal("mac", again.Unit);
        Assert.Equal(model.Samples, again.Samples);
        Assert.DoesNotContain('\n', model.ToText());
        Assert.DoesNotContain('\t', model.ToText());
    }
}
