using EdgeRuntime.Images;
using Xunit;

namespace EdgeRuntime.Tests.Images;

/// <summary>Frames of cameras against the textbook formulas, at odd sizes and with padded lines.</summary>
public sealed unsafe class PixelViewTests
{
    public static TheoryData<PixelFormat, YuvCoding, int, int, int> Frames()
    {
        TheoryData<PixelFormat, YuvCoding, int, int, int> data = [];
        Random random = new(5);
        foreach (PixelFormat format in (PixelFormat[])[PixelFormat.Rgb24, PixelFormat.Grey, PixelFormat.Yuyv, PixelFormat.Nv12, PixelFormat.I420])
        {
            foreach (YuvCoding coding in Enum.GetValues<YuvCoding>())
            {
                data.Add(format, coding, random.Next(1, 80), random.Next(1, 40), random.Next(0, 20) * 2);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Frames))]
    public void Pixels_are_those_of_the_formulas(PixelFormat format, YuvCoding coding, int width, int height, int padding)
    {
        int stride = PixelView.SmallestStride(format, width) + padding;
        byte[] bytes = new byte[PixelView.BytesOf(format, width, height, stride)];
        new Random(width).NextBytes(bytes);
        InputSpec spec = new() { Width = width, Height = height };
        float[] rows = new float[width * height * 3];
        fixed (byte* data = bytes)
        {
            PixelView view = new(format, width, height, (nint)data, stride, coding);
            new Preprocessor(spec).ToRows(in view, rows);
        }

        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                (double r, double g, double b) = Expected(format, coding, bytes, stride, height, x, y);
                Span<float> pixel = rows.AsSpan(((y * width) + x) * 3, 3);
                Assert.InRange(pixel[0] - r, -0.51, 0.51);
                Assert.InRange(pixel[1] - g, -0.51, 0.51);
                Assert.InRange(pixel[2] - b, -0.51, 0.51);
            }
        }
    }

    [Fact]
    public void A_frame_gives_the_rows_of_the_picture_with_its_pixels()
    {
        const int Width = 61, Height = 37, Stride = 192;
        byte[] bytes = new byte[PixelView.BytesOf(PixelFormat.Rgb24, Width, Height, Stride)];
        new Random(3).NextBytes(bytes);
        Picture picture = new(Width, Height);
        for (int y = 0; y < Height; y++)
        {
            bytes.AsSpan(y * Stride, Width * 3).CopyTo(picture.Rgb.AsSpan(y * Width * 3));
        }

        foreach (ColorOrder color in Enum.GetValues<ColorOrder>())
        {
            float[] one = color == ColorOrder.Gray ? [0.4f] : [0.4f, 0.5f, 0.6f];
            InputSpec spec = new() { Width = 23, Height = 19, Color = color, Scale = 1 / 255f, Mean = one, Std = one, Resize = ResizeMode.ShorterSideCrop };
            Preprocessor preprocessor = new(spec);
            sbyte[] expected = new sbyte[preprocessor.Length], actual = new sbyte[preprocessor.Length];
            preprocessor.ToRows(picture, expected, 0.02f, -5);
            fixed (byte* data = bytes)
            {
                PixelView view = new(PixelFormat.Rgb24, Width, Height, (nint)data, Stride);
                preprocessor.ToRows(in view, actual, 0.02f, -5);
            }

            Assert.Equal(expected, actual);
        }
    }

    private static (double R, double G, double B) Expected(PixelFormat format, YuvCoding coding, byte[] bytes, int stride, int height, int x, int y)
    {
        int chroma = stride * height;
        int half = (stride + 1) / 2;
        switch (format)
        {
            case PixelFormat.Rgb24:
                int at = (y * stride) + (x * 3);
                return (bytes[at], bytes[at + 1], bytes[at + 2]);
            case PixelFormat.Grey:
                byte grey = bytes[(y * stride) + x];
                return (grey, grey, grey);
            case PixelFormat.Yuyv:
                int pair = (y * stride) + (x / 2 * 4);
                return Rgb(coding, bytes[(y * stride) + (x * 2)], bytes[pair + 1], bytes[pair + 3]);
            case PixelFormat.Nv12:
                int uv = chroma + (y / 2 * stride) + (x / 2 * 2);
                return Rgb(coding, bytes[(y * stride) + x], bytes[uv], bytes[uv + 1]);
            default:
                int u = chroma + (y / 2 * half) + (x / 2);
                return Rgb(coding, bytes[(y * stride) + x], bytes[u], bytes[u + (half * ((height + 1) / 2))]);
        }
    }

    // BT.601 and BT.709 in their usual four-digit form.
    private static (double R, double G, double B) Rgb(YuvCoding coding, double y, double u, double v)
    {
        bool full = coding is YuvCoding.Bt601Full or YuvCoding.Bt709Full;
        y = full ? y : (y - 16) * 255 / 219;
        u = (u - 128) * (full ? 1 : 255 / 224.0);
        v = (v - 128) * (full ? 1 : 255 / 224.0);
        bool high = coding is YuvCoding.Bt709Full or YuvCoding.Bt709Limited;
        (double rv, double gu, double gv, double bu) = high ? (1.5748, 0.187324, 0.468124, 1.8556) : (1.402, 0.344136, 0.714136, 1.772);
        return (Math.Clamp(y + (rv * v), 0, 255), Math.Clamp(y - (gu * u) - (gv * v), 0, 255), Math.Clamp(y + (bu * u), 0, 255));
    }
}
