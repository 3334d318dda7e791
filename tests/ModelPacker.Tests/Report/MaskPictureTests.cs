using EdgeRuntime.Images;
using ModelPacker.Report;

namespace ModelPacker.Tests.Report;

public class MaskPictureTests
{
    [Theory]
    [InlineData(8, 8, 40, 40)]
    [InlineData(5, 14, 300, 90)]
    [InlineData(112, 112, 17, 31)]
    [InlineData(300, 2, 4, 4)]
    public void KeptSitesShowThePictureAndSkippedOnesAreDark(int height, int width, int pictureWidth, int pictureHeight)
    {
        Picture white = new(pictureWidth, pictureHeight);
        Array.Fill(white.Rgb, (byte)255);
        Random random = new(height);
        int[] kept = [.. Enumerable.Range(0, height * width).Where(_ => random.Next(2) == 0)];
        Picture drawn = MaskPicture.Draw(kept, height, width, white);
        int cell = drawn.Width / width;
        Assert.Equal((width * cell, height * cell), (drawn.Width, drawn.Height));
        for (int site = 0; site < height * width; site++)
        {
            int x = (site % width * cell) + (cell / 2);
            int y = (site / width * cell) + (cell / 2);
            byte[] pixel = drawn.Rgb[(((y * drawn.Width) + x) * 3)..][..3];
            Assert.All(pixel, v => Assert.True(kept.Contains(site) ? v == 255 : v < 100, $"site {site} is {v}"));
        }
    }

    [Fact]
    public void TheMiddleOfThePictureIsShown()
    {
        // Red, green and blue thirds: a square grid shows the green one.
        Picture sample = new(90, 30);
        for (int i = 0; i < 90 * 30; i++)
        {
            sample.Rgb[(i * 3) + (i % 90 / 30)] = 200;
        }

        Picture drawn = MaskPicture.Draw([.. Enumerable.Range(0, 16)], 4, 4, sample);
        int middle = (((drawn.Height / 2) + 5) * drawn.Width) + 10;
        Assert.Equal([0, 200, 0], drawn.Rgb[(middle * 3)..][..3]);
    }
}
