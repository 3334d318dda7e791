using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace EdgeRuntime.Images;

/// <summary>Writes a <see cref="Picture"/> as PNG (8-bit RGB, no interlacing).</summary>
public static class PngWriter
{
    /// <summary>Writes the file at <paramref name="path"/>, over an older one.</summary>
    public static void Write(Picture picture, string path)
    {
        using FileStream stream = new(path, FileMode.Create, FileAccess.Write);
        Write(picture, stream);
    }

    /// <summary>Writes to <paramref name="destination"/>, from where it stands.</summary>
    public static void Write(Picture picture, Stream destination)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(destination);
        destination.Write(PictureHeader.PngSignature);

        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, picture.Width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], picture.Height);
        header[8] = 8;
        header[9] = 2;
        header[10..].Clear();
        Chunk(destination, "IHDR"u8, header);

        using MemoryStream packed = new();
        using (ZLibStream zlib = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            WriteRows(picture, zlib);
        }

        Chunk(destination, "IDAT"u8, packed.GetBuffer().AsSpan(0, (int)packed.Length));
        Chunk(destination, "IEND"u8, default);
    }

    // Every row is stored as differences to the row above ("up"): far smaller for photographs at next to no cost.
    private static void WriteRows(Picture picture, ZLibStream zlib)
    {
        int stride = picture.Width * 3;
        byte[] line = new byte[stride + 1];
        for (int y = 0; y < picture.Height; y++)
        {
            ReadOnlySpan<byte> row = picture.Rgb.AsSpan(y * stride, stride);
            if (y == 0)
            {
                row.CopyTo(line.AsSpan(1));
            }
            else
            {
                ReadOnlySpan<byte> above = picture.Rgb.AsSpan((y - 1) * stride, stride);
                line[0] = 2;
                for (int i = 0; i < stride; i++)
                {
                    line[i + 1] = (byte)(row[i] - above[i]);
                }
            }

            zlib.Write(line);
        }
    }

    private static void Chunk(Stream destination, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        destination.Write(number);
        destination.Write(type);
        destination.Write(data);

        Crc32 crc = new();
        crc.Append(type);
        crc.Append(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, crc.GetCurrentHashAsUInt32());
        destination.Write(number);
    }
}
