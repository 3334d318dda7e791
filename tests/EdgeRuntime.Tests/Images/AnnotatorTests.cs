using EdgeRuntime.Detections;
using EdgeRuntime.Images;
using Xunit;

namespace EdgeRuntime.Tests.Images;

public class AnnotatorTests
{
    private static readonly InputSpec Spec = new() { Width = 8, Height = 8, Labels = ["nut", "a name that is far too long for a small picture, really"] };

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 900)]
    [InlineData(64, 64)]
    [InlineData(640, 480)]
    public void Any_size_and_any_values_can_be_drawn(int width, int height)
    {
        Picture picture = SampleFiles.Noise(width, height, 3);
        byte[] before = [.. picture.Rgb];
        Detection[] boxes = [new(0, 0, 1, 1, 1, 0.9f), new(-5, float.NaN, 7, 0.5f, 900, float.NaN), new(0.99f, 0.99f, 1, 1, 0, 1)];
        Picture drawn = Annotator.Detections(picture, boxes, Spec);
        Assert.Equal(0, drawn.Width % width);
        Assert.NotEqual(before, drawn.Rgb);

        Picture banner = Annotator.Classes(picture, [new(1, 0.7f), new(0, float.NaN), new(5, 80)], Spec);
        Assert.True(banner.Height > banner.Width * (long)height / width);
        Annotator.Caption(picture, "grüße\n\0 and more than fits");
        Assert.Equal(before, picture.Rgb);
    }

    [Fact]
    public void Every_printable_character_has_its_own_shape()
    {
        string[] shapes = Enumerable.Range(' ', '~' - ' ' + 1).Select(c => Convert.ToHexString(BitmapFont.Glyph((char)c))).ToArray();
        Assert.Equal(shapes.Length, shapes.Distinct().Count());
        Assert.Equal(Convert.ToHexString(BitmapFont.Glyph('?')), Convert.ToHexString(BitmapFont.Glyph('ü')));
    }
}
