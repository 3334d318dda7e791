using EdgeRuntime.Images;
using Xunit;

namespace EdgeRuntime.Tests.Images;

public class PreprocessorTests
{
    private static readonly InputSpec Plain = new() { Width = 4, Height = 2 };

    [Fact]
    public void Bilinear_uses_half_pixel_centres_and_repeats_the_edge()
    {
        // Two columns to four: centres fall on -0.25, 0.25, 0.75, 1.25 of the source.
        Picture picture = new(2, 1, [0, 0, 0, 100, 200, 40]);
        float[] rows = Run(new InputSpec { Width = 4, Height = 1 }, picture);
        Assert.Equal([0, 0, 0, 25, 50, 10, 75, 150, 30, 100, 200, 40], rows);
    }

    [Fact]
    public void Bilinear_shrinks_without_antialiasing()
    {
        // Four rows to two: centres fall on 0.5 and 2.5.
        Picture picture = new(1, 4, [0, 0, 0, 10, 10, 10, 90, 90, 90, 50, 50, 50]);
        float[] rows = Run(new InputSpec { Width = 1, Height = 2 }, picture);
        Assert.Equal([5, 5, 5, 70, 70, 70], rows);
    }

    [Fact]
    public void The_shorter_side_is_fitted_and_the_centre_taken()
    {
        Picture picture = new(4, 2);
        for (int i = 0; i < 8; i++)
        {
            picture.Rgb.AsSpan(i * 3, 3).Fill((byte)(i * 10));
        }

        float[] rows = Run(new InputSpec { Width = 2, Height = 2, Resize = ResizeMode.ShorterSideCrop }, picture);
        Assert.Equal([10, 10, 10, 20, 20, 20, 50, 50, 50, 60, 60, 60], rows);
    }

    [Fact]
    public void Channels_are_normalised_in_the_models_order()
    {
        InputSpec spec = new() { Width = 1, Height = 1, Color = ColorOrder.Bgr, Scale = 0.5f, Mean = [1, 2, 3], Std = [1, 2, 4] };
        Assert.Equal([(15 - 1) / 1f, (10 - 2) / 2f, (5 - 3) / 4f], Run(spec, new Picture(1, 1, [10, 20, 30])));
    }

    [Fact]
    public void Gray_is_luma()
    {
        InputSpec spec = new() { Width = 1, Height = 1, Color = ColorOrder.Gray, Mean = [0], Std = [1] };
        Assert.Equal([(float)(((77 * 10) + (150 * 20) + (29 * 30) + 128) >> 8)], Run(spec, new Picture(1, 1, [10, 20, 30])));
    }

    [Theory]
    [InlineData(ColorOrder.Rgb, ResizeMode.Stretch)]
    [InlineData(ColorOrder.Bgr, ResizeMode.ShorterSideCrop)]
    [InlineData(ColorOrder.Gray, ResizeMode.Stretch)]
    public void Quantised_rows_equal_quantised_floats(ColorOrder color, ResizeMode resize)
    {
        int channels = color == ColorOrder.Gray ? 1 : 3;
        InputSpec spec = new()
        {
            Width = 13,
            Height = 9,
            Color = color,
            Resize = resize,
            Scale = 1 / 255f,
            Mean = new[] { 0.485f, 0.456f, 0.406f }[..channels],
            Std = new[] { 0.229f, 0.224f, 0.225f }[..channels],
        };
        Preprocessor preprocessor = new(spec);
        foreach ((int width, int height) in new[] { (13, 9), (31, 17), (5, 40), (13, 10) })
        {
            Picture picture = SampleFiles.Noise(width, height, width);
            float[] floats = new float[preprocessor.Length];
            sbyte[] quantized = new sbyte[preprocessor.Length];
            preprocessor.ToRows(picture, floats);
            foreach ((float scale, int zeroPoint) in new[] { (0.0186f, -14), (0.01f, 0), (0.5f, 127), (0.0186f, 3) })
            {
                preprocessor.ToRows(picture, quantized, scale, zeroPoint);
                for (int i = 0; i < floats.Length; i++)
                {
                    float y = Math.Clamp(floats[i] / scale, -128 - zeroPoint, 127 - zeroPoint);
                    Assert.Equal((sbyte)((int)MathF.Round(y, MidpointRounding.ToEven) + zeroPoint), quantized[i]);
                }
            }
        }
    }

    [Fact]
    public void Pictures_of_one_size_cost_no_memory()
    {
        Preprocessor preprocessor = new(new InputSpec { Width = 16, Height = 16 });
        Picture same = SampleFiles.Noise(16, 16, 1), other = SampleFiles.Noise(20, 30, 1);
        float[] floats = new float[preprocessor.Length];
        sbyte[] quantized = new sbyte[preprocessor.Length];
        foreach (Picture picture in new[] { same, other })
        {
            preprocessor.ToRows(picture, floats);
            preprocessor.ToRows(picture, quantized, 1, 0);
            long before = GC.GetAllocatedBytesForCurrentThread();
            preprocessor.ToRows(picture, floats);
            preprocessor.ToRows(picture, quantized, 1, 0);
            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        }
    }

    [Fact]
    public void Boxes_find_back_to_the_picture()
    {
        Preprocessor crop = new(new InputSpec { Width = 10, Height = 10, Resize = ResizeMode.ShorterSideCrop });
        Assert.Equal((0.25f, 0f), crop.ToPicture(0, 0, 40, 20));
        Assert.Equal((0.75f, 1f), crop.ToPicture(1, 1, 40, 20));
        Assert.Equal((0.3f, 0.7f), new Preprocessor(Plain).ToPicture(0.3f, 0.7f, 40, 20));
    }

    [Fact]
    public void A_short_destination_is_refused() =>
        Assert.Throws<ArgumentException>(() => new Preprocessor(Plain).ToRows(new Picture(1, 1), new float[23]));

    private static float[] Run(InputSpec spec, Picture picture)
    {
        Preprocessor preprocessor = new(spec);
        float[] rows = new float[preprocessor.Length];
        preprocessor.ToRows(picture, rows);
        return rows;
    }
}
