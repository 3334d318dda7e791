using System.Buffers.Binary;

namespace EdgeRuntime.Images;

/// <summary>What a picture file says of itself before any decoding.</summary>
/// <param name="Format">The kind of file.</param>
/// <param name="Width">Pixels per row.</param>
/// <param name="Height">Rows.</param>
/// <param name="DataOffset">PPM, BMP: where the pixels start. JPEG: where the first scan's data starts. GIF: behind the screen descriptor. Else 0.</param>
/// <param name="BitsPerPixel">PNG, BMP: bits stored per pixel. Else 0.</param>
internal readonly record struct PictureHeader(PictureFormat Format, int Width, int Height, int DataOffset, int BitsPerPixel)
{
    internal static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10];

    internal static PictureHeader Read(ReadOnlySpan<byte> file, string source)
    {
        if (file.IsEmpty)
        {
            throw new InputException("the file is empty", source, "Copy or download it again");
        }

        if (file.StartsWith(PngSignature))
        {
            return Png(file, source);
        }

        if (file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]))
        {
            return Jpeg(file, source);
        }

        if (file.StartsWith("BM"u8))
        {
            return Bmp(file, source);
        }

        if (file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8))
        {
            Need(file, 13, source);
            int table = (file[10] & 0x80) != 0 ? 3 * (2 << (file[10] & 7)) : 0;
            return new(PictureFormat.Gif, U16Little(file, 6), U16Little(file, 8), 13 + table, 0);
        }

        if (file.StartsWith("P6"u8))
        {
            return Ppm(file, source);
        }

        throw new InputException("this is not a JPEG, PNG, BMP, GIF or binary PPM (P6) picture", source, "Convert it to one of these");
    }

    private static PictureHeader Png(ReadOnlySpan<byte> file, string source)
    {
        Need(file, 29, source);
        uint width = BinaryPrimitives.ReadUInt32BigEndian(file[16..]);
        uint height = BinaryPrimitives.ReadUInt32BigEndian(file[20..]);
        int channels = file[25] switch { 0 => 1, 2 => 3, 3 => 1, 4 => 2, 6 => 4, _ => 0 };
        if (!file.Slice(12, 4).SequenceEqual("IHDR"u8) || channels == 0 || file[24] is not (1 or 2 or 4 or 8 or 16))
        {
            throw Broken(source);
        }

        return new(PictureFormat.Png, Clamp(width), Clamp(height), 0, channels * file[24]);
    }

    private static PictureHeader Jpeg(ReadOnlySpan<byte> file, string source)
    {
        int width = 0, height = 0, at = 2;
        while (true)
        {
            Need(file, at + 4, source);
            if (file[at] != 0xFF)
            {
                throw Broken(source);
            }

            byte marker = file[at + 1];
            if (marker == 0xFF)
            {
                at++;
                continue;
            }

            if (marker is 0x01 or 0xD8 or (>= 0xD0 and <= 0xD7))
            {
                at += 2;
                continue;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            if (marker == 0xD9 || length < 2)
            {
                throw Broken(source);
            }

            Need(file, at + 2 + length, source);
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                // A second frame header could name a larger picture than the one judged here.
                if (width != 0 || length < 8)
                {
                    throw Broken(source);
                }

                height = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 5)..]);
                width = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 7)..]);
            }

            at += 2 + length;
            if (marker == 0xDA)
            {
                return width == 0 ? throw Broken(source) : new(PictureFormat.Jpeg, width, height, at, 0);
            }
        }
    }

    private static PictureHeader Bmp(ReadOnlySpan<byte> file, string source)
    {
        Need(file, 30, source);
        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(file[10..]);
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(file[14..]);
        int width, height, bits;
        if (size == 12)
        {
            width = U16Little(file, 18);
            height = U16Little(file, 20);
            bits = U16Little(file, 24);
        }
        else
        {
            width = BinaryPrimitives.ReadInt32LittleEndian(file[18..]);
            height = BinaryPrimitives.ReadInt32LittleEndian(file[22..]);
            bits = U16Little(file, 28);

            // A negative height means that the rows are stored from the top.
            height = height == int.MinValue ? 0 : Math.Abs(height);
        }

        if (offset > file.Length)
        {
            throw PictureReader.Truncated(source);
        }

        return new(PictureFormat.Bmp, width, height, (int)offset, bits);
    }

    private static PictureHeader Ppm(ReadOnlySpan<byte> file, string source)
    {
        int at = 2;
        int width = Number(file, ref at, source);
        int height = Number(file, ref at, source);
        int max = Number(file, ref at, source);
        if (max != 255)
        {
            throw new InputException($"the PPM has a maximum value of {max}", source, "Save it with 8 bits per channel (maximum 255)");
        }

        Need(file, at + 1, source);
        return new(PictureFormat.Ppm, width, height, at + 1, 0);

        static int Number(ReadOnlySpan<byte> file, ref int at, string source)
        {
            bool comment = false;
            for (; ; at++)
            {
                Need(file, at + 1, source);
                byte b = file[at];
                comment = comment ? b is not (10 or 13) : b == (byte)'#';
                if (!comment && b is not (9 or 10 or 11 or 12 or 13 or 32))
                {
                    break;
                }
            }

            int start = at;
            long value = 0;
            for (; at < file.Length && file[at] is >= (byte)'0' and <= (byte)'9' && value <= int.MaxValue; at++)
            {
                value = (value * 10) + file[at] - '0';
            }

            return at == start || value > int.MaxValue ? throw Broken(source) : (int)value;
        }
    }

    private static int Clamp(uint value) => (int)Math.Min(value, int.MaxValue);

    private static int U16Little(ReadOnlySpan<byte> file, int at) => BinaryPrimitives.ReadUInt16LittleEndian(file[at..]);

    private static void Need(ReadOnlySpan<byte> file, int bytes, string source)
    {
        if (file.Length < bytes)
        {
            throw PictureReader.Truncated(source);
        }
    }

    private static InputException Broken(string source) =>
        new("the header is broken", source, "Export the picture again");
}
