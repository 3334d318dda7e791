using EdgeRuntime.Images;
using ModelPacker.Finetune;

namespace ModelPacker.Tests.Finetune;

public class AugmentationTests
{
    private const int Width = 16;
    private const int Height = 8;

    // Red says the column, green the line.
    private static Picture Ramp()
    {
        Picture picture = new(Width, Height);
        for (int i = 0; i < Width * Height; i++)
        {
            picture.Rgb[i * 3] = (byte)(i % Width);
            picture.Rgb[(i * 3) + 1] = (byte)(i / Width);
        }

        return picture;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void PicturesAreShiftedAndMirroredWholeAndNothingElse(bool flip)
    {
        HashSet<(int, int, int)> seen = [];
        for (int i = 0; i < 300; i++)
        {
            Picture made = Augmentation.Apply(Ramp(), Draws.For(1, 2, i), flip);
            Assert.Equal((Width, Height), (made.Width, made.Height));

            // Away from the edges neighbours stay neighbours.
            int at = ((4 * Width) + 8) * 3;
            int direction = made.Rgb[at + 3] - made.Rgb[at];
            Assert.True(Math.Abs(direction) == 1);
            Assert.True(flip || direction == 1);
            Assert.Equal(made.Rgb[at + 1], made.Rgb[at + 4]);
            Assert.Equal(1, made.Rgb[at + (Width * 3) + 1] - made.Rgb[at + 1]);
            seen.Add((direction, made.Rgb[at], made.Rgb[at + 1]));
        }

        // An eighth is two columns and one line: 5 · 3 places, mirrored or not, all of which come up.
        Assert.Equal(15 * (flip ? 2 : 1), seen.Count);
    }

    [Fact]
    public void DrawsDependOnSeedEpochAndPicture()
    {
        int[] first = [.. Numbers(1, 1, 0)];
        Assert.Equal(first, Numbers(1, 1, 0));
        Assert.NotEqual(first, Numbers(2, 1, 0));
        Assert.NotEqual(first, Numbers(1, 2, 0));
        Assert.NotEqual(first, Numbers(1, 1, 1));
        Assert.NotEqual(first, Numbers(1, 1, -1));
    }

    private static IEnumerable<int> Numbers(int seed, int epoch, int use)
    {
        Random random = Draws.For(seed, epoch, use);
        return [.. Enumerable.Range(0, 4).Select(_ => random.Next())];
    }
}
