using ModelPacker.Lower;

namespace ModelPacker.Tests.Lower;

public class LoweredMapTests
{
    [Theory]
    [InlineData(new[] { 1, 4, 3, 5 }, 3, 5, new[] { 1, 7, 3, 5 })]
    [InlineData(new[] { 1, 3, 5, 4 }, 3, 5, new[] { 1, 3, 5, 7 })]
    [InlineData(new[] { 15, 4 }, 0, 0, new[] { 15, 7 })]
    [InlineData(new[] { 1, 5, 4, 3 }, 0, 0, new[] { 15, 7 })]
    public void OtherChannelsLieOverTheSameGrid(int[] dims, int height, int width, int[] expected)
    {
        LoweredMap map = new("x", 15, 4, dims);
        Assert.Equal((height, width), map.Grid);
        LoweredMap other = map.WithChannels("y", 7);
        Assert.Equal(("y", 15, 7), (other.Name, other.Rows, other.Channels));
        Assert.Equal(expected, other.Dims);
        Assert.Equal((height, width), other.Grid);
    }
}
