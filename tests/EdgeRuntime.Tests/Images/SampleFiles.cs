using System.Buffers.Binary;
using System.Text;
using EdgeRuntime.Images;

namespace EdgeRuntime.Tests.Images;

/// <summary>Small picture files made on the spot.</summary>
internal static class SampleFiles
{
    internal static Picture Noise(int width, int height, int seed)
    {
        Picture picture = new(width, height);
        new Random(seed).NextBytes(picture.Rgb);
        return picture;
    }

    internal static byte[] Png(Picture picture)
    {
        using MemoryStream stream = new();
        PngWriter.Write(picture, stream);
        return stream.ToArray();
    }

    internal static byte[] Ppm(Picture picture) =>
        [.. Encoding.ASCII.GetBytes($"P6\n# made by a test\n{picture.Width} {picture.Height}\n255\n"), .. picture.Rgb];

    internal static byte[] Bmp(Picture picture)
    {
        int stride = ((picture.Width * 3) + 3) & ~3;
        byte[] file = new byte[54 + (stride * picture.Height)];
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(2), file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(10), 54);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(14), 40);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(18), picture.Width);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(22), picture.Height);
        file[26] = 1;
        file[28] = 24;
        for (int y = 0; y < picture.Height; y++)
        {
            for (int x = 0; x < picture.Width; x++)
            {
                for (int c = 0; c < 3; c++)
                {
                    file[54 + ((picture.Height - 1 - y) * stride) + (x * 3) + c] = picture.Rgb[(((y * picture.Width) + x) * 3) + 2 - c];
                }
            }
        }

        return file;
    }

    /// <summary>A 2x1 GIF, red and blue: clear code, two pixels, end code.</summary>
    internal static byte[] Gif() =>
    [
        .. "GIF89a"u8, 2, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 255,
        0x2C, 0, 0, 0, 0, 2, 0, 1, 0, 0, 2, 2, 0x44, 0x0A, 0, 0x3B,
    ];

    /// <summary>A baseline grey JPEG whose 8x8 blocks are flat, each of another brightness.</summary>
    internal static byte[] Jpeg(int width, int height, int seed)
    {
        List<byte> file = [0xFF, 0xD8];
        file.AddRange([0xFF, 0xDB, 0, 67, 0]);
        file.AddRange(Enumerable.Repeat((byte)8, 64));
        file.AddRange([0xFF, 0xC0, 0, 11, 8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 1, 1, 0x11, 0]);

        // Direct current: the twelve size categories as codes of four bits. Alternating: only "end of block", one bit.
        file.AddRange([0xFF, 0xC4, 0, 31, 0x00, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        file.AddRange([0xFF, 0xC4, 0, 20, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        file.AddRange([0xFF, 0xDA, 0, 8, 1, 1, 0x00, 0, 63, 0]);

        StringBuilder bits = new();
        Random random = new(seed);
        int last = 0;
        for (int block = 0; block < (width + 7) / 8 * ((height + 7) / 8); block++)
        {
            int value = random.Next(-100, 100), difference = value - last;
            last = value;
            int size = 32 - int.LeadingZeroCount(Math.Abs(difference));
            bits.Append(Convert.ToString(size, 2).PadLeft(4, '0'));
            int code = difference < 0 ? difference + (1 << size) - 1 : difference;
            bits.Append(size == 0 ? "" : Convert.ToString(code, 2).PadLeft(size, '0'));
            bits.Append('0');
        }

        bits.Append('1', (8 - (bits.Length % 8)) % 8);
        for (int i = 0; i < bits.Length; i += 8)
        {
            byte value = Convert.ToByte(bits.ToString(i, 8), 2);
            file.Add(value);
            if (value == 0xFF)
            {
                file.Add(0);
            }
        }

        file.AddRange([0xFF, 0xD9]);
        return [.. file];
    }
}
