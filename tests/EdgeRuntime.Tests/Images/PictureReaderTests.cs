using System.Buffers.Binary;
using EdgeRuntime.Images;
using StbImageSharp;
using Xunit;

namespace EdgeRuntime.Tests.Images;

public class PictureReaderTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 3)]
    [InlineData(64, 65)]
    public void Lossless_formats_give_back_the_pixels(int width, int height)
    {
        Picture picture = SampleFiles.Noise(width, height, 5);
        foreach (byte[] file in new[] { SampleFiles.Png(picture), SampleFiles.Bmp(picture), SampleFiles.Ppm(picture) })
        {
            Picture read = PictureReader.Read(file, "test");
            Assert.Equal((width, height), (read.Width, read.Height));
            Assert.Equal(picture.Rgb, read.Rgb);
        }
    }

    [Fact]
    public void Png_is_understood_by_another_decoder()
    {
        Picture picture = SampleFiles.Noise(33, 20, 1);
        ImageResult result = ImageResult.FromMemory(SampleFiles.Png(picture), ColorComponents.RedGreenBlue);
        Assert.Equal(picture.Rgb, result.Data);
    }

    [Fact]
    public void Gif_and_jpeg_are_read()
    {
        Assert.Equal(new byte[] { 255, 0, 0, 0, 0, 255 }, PictureReader.Read(SampleFiles.Gif(), "gif").Rgb);
        Picture jpeg = PictureReader.Read(SampleFiles.Jpeg(40, 24, 1), "jpeg");
        Assert.Equal((40, 24), (jpeg.Width, jpeg.Height));
        Assert.True(jpeg.Rgb.Distinct().Count() > 5);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        Picture picture = SampleFiles.Noise(9, 5, 2);
        byte[][] files = [SampleFiles.Png(picture), SampleFiles.Bmp(picture), SampleFiles.Ppm(picture), SampleFiles.Jpeg(40, 24, 3)];
        foreach (byte[] file in files)
        {
            for (int length = 0; length < file.Length; length++)
            {
                Assert.Throws<InputException>(() => PictureReader.Read(file.AsMemory(0, length), "cut"));
            }
        }
    }

    [Fact]
    public void Damaged_files_are_read_or_refused_never_worse()
    {
        Picture picture = SampleFiles.Noise(9, 5, 2);
        byte[][] files = [SampleFiles.Png(picture), SampleFiles.Bmp(picture), SampleFiles.Ppm(picture), SampleFiles.Jpeg(40, 24, 3), SampleFiles.Gif()];
        Random random = new(7);
        for (int round = 0; round < 4000; round++)
        {
            byte[] file = [.. files[round % files.Length]];
            for (int change = random.Next(1, 6); change > 0; change--)
            {
                file[random.Next(round % 3 == 0 ? Math.Min(64, file.Length) : file.Length)] = (byte)random.Next(256);
            }

            // Width and height of up to 64 megapixels are allowed; a test need not fill them.
            if (IsSmall(file))
            {
                ReadOrRefuse(file);
            }
        }
    }

    [Fact]
    public void Random_bytes_behind_a_real_signature_are_refused_or_read()
    {
        Random random = new(11);
        byte[][] starts = [[0x89, .. "PNG\r\n\x1a\n"u8], [0xFF, 0xD8, 0xFF], [.. "BM"u8], [.. "GIF89a"u8], [.. "P6 "u8], []];
        for (int round = 0; round < 3000; round++)
        {
            byte[] file = new byte[random.Next(8, 300)];
            random.NextBytes(file);
            starts[round % starts.Length].CopyTo(file, 0);
            if (IsSmall(file))
            {
                ReadOrRefuse(file);
            }
        }
    }

    [Fact]
    public void Huge_dimensions_are_refused_by_the_header()
    {
        byte[] png = SampleFiles.Png(new Picture(2, 2));
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), 100_000);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), 100_000);
        Assert.Contains("megapixels", Assert.Throws<InputException>(() => PictureReader.Read(png, "bomb")).Message, StringComparison.Ordinal);

        Assert.Throws<InputException>(() => PictureReader.Read("P6 99999 99999 255\n"u8.ToArray(), "bomb"));
        byte[] jpeg = SampleFiles.Jpeg(8, 8, 1);
        int frame = jpeg.AsSpan().IndexOf(new byte[] { 0xFF, 0xC0 });
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 5), 8000);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 7), 8000);
        Assert.Throws<InputException>(() => PictureReader.Read(jpeg, "bomb"));
    }

    [Fact]
    public void A_png_that_unpacks_to_more_than_it_says_is_refused()
    {
        byte[] large = SampleFiles.Png(new Picture(4000, 4000));
        byte[] small = SampleFiles.Png(new Picture(2, 2));

        // The small picture's header before the large one's data.
        byte[] bomb = [.. small[..33], .. large[33..]];
        Assert.Contains("unpacks", Assert.Throws<InputException>(() => PictureReader.Read(bomb, "bomb")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_files_and_folders_are_named()
    {
        InputException missing = Assert.Throws<InputException>(() => PictureReader.Read("/nowhere/picture.png"));
        Assert.Equal("/nowhere/picture.png", missing.Where);
        Assert.Throws<InputException>(() => PictureReader.Read(Path.GetTempPath()));
    }

    private static bool IsSmall(byte[] file)
    {
        try
        {
            PictureHeader header = PictureHeader.Read(file, "test");
            return (long)header.Width * header.Height < 1_000_000;
        }
        catch (InputException)
        {
            return true;
        }
    }

    private static void ReadOrRefuse(byte[] file)
    {
        try
        {
            Picture read = PictureReader.Read(file, "damaged");
            Assert.Equal(read.Width * read.Height * 3, read.Rgb.Length);
        }
        catch (InputException)
        {
            // What is wanted for a file beyond use.
        }
    }
}
