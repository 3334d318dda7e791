using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace EdgeRuntime.Images;

/// <summary>Refuses files that the decoder would fill up with black, or that unpack to more than their header says.</summary>
internal static class PictureIntegrity
{
    internal static void Check(ReadOnlyMemory<byte> file, PictureHeader header, string source)
    {
        switch (header.Format)
        {
            case PictureFormat.Jpeg:
                Jpeg(file.Span, header, source);
                break;
            case PictureFormat.Png:
                Png(file, header, source);
                break;
            case PictureFormat.Bmp:
                Bmp(file.Span, header, source);
                break;
            case PictureFormat.Gif:
                Gif(file.Span, header.DataOffset, source);
                break;
        }
    }

    private static void Jpeg(ReadOnlySpan<byte> file, PictureHeader header, string source)
    {
        // Every 8x8 block takes a bit at least; a file with less is a few bytes asking for a large picture.
        long leastBytes = (long)header.Width * header.Height / 64 / 8;
        ReadOnlySpan<byte> data = file[header.DataOffset..];
        if (data.Length < leastBytes || data.LastIndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]) < 0)
        {
            throw PictureReader.Truncated(source);
        }
    }

    private static void Bmp(ReadOnlySpan<byte> file, PictureHeader header, string source)
    {
        long stride = (((long)header.Width * header.BitsPerPixel) + 31) / 32 * 4;
        if (file.Length - header.DataOffset < stride * header.Height)
        {
            throw PictureReader.Truncated(source);
        }
    }

    private static void Gif(ReadOnlySpan<byte> file, int at, string source)
    {
        while (true)
        {
            byte kind = At(file, at, source);
            switch (kind)
            {
                case 0x21:
                    at = EndOfBlocks(file, at + 2, source);
                    break;
                case 0x2C:
                    int packed = At(file, at + 9, source);
                    int table = (packed & 0x80) != 0 ? 3 * (2 << (packed & 7)) : 0;
                    EndOfBlocks(file, at + 11 + table, source);
                    return;
                default:
                    throw new InputException("the GIF holds no picture", source, "Export the picture again");
            }
        }

        static int EndOfBlocks(ReadOnlySpan<byte> file, int at, string source)
        {
            int length;
            while ((length = At(file, at, source)) != 0)
            {
                at += length + 1;
            }

            return at + 1;
        }

        static byte At(ReadOnlySpan<byte> file, int at, string source) =>
            at < file.Length ? file[at] : throw PictureReader.Truncated(source);
    }

    private static void Png(ReadOnlyMemory<byte> file, PictureHeader header, string source)
    {
        using MemoryStream packed = new();
        ReadOnlySpan<byte> bytes = file.Span;
        int at = PictureHeader.PngSignature.Length;
        while (true)
        {
            if (bytes.Length - at < 12)
            {
                throw PictureReader.Truncated(source);
            }

            uint length = BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);
            if (length > bytes.Length - at - 12)
            {
                throw PictureReader.Truncated(source);
            }

            ReadOnlySpan<byte> typeAndData = bytes.Slice(at + 4, 4 + (int)length);
            if (BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 8 + (int)length)..]) != Crc32.HashToUInt32(typeAndData))
            {
                throw new InputException("a checksum in the PNG is wrong", source, "The file was damaged: copy or download it again");
            }

            ReadOnlySpan<byte> type = typeAndData[..4];
            if (type.SequenceEqual("IEND"u8))
            {
                break;
            }

            if (type.SequenceEqual("IDAT"u8))
            {
                packed.Write(typeAndData[4..]);
            }

            at += 12 + (int)length;
        }

        packed.Position = 0;
        CheckUnpackedSize(packed, header, source);
    }

    private static void CheckUnpackedSize(MemoryStream packed, PictureHeader header, string source)
    {
        // Interlacing adds up to seven partial rows per eight, each with a filter byte and padding bits.
        long most = (((long)header.Width * header.BitsPerPixel / 8) + 2) * header.Height * 2 + 64;
        long least = ((long)header.Width * header.BitsPerPixel * header.Height) / 8;
        long unpacked = 0;
        try
        {
            using ZLibStream zlib = new(packed, CompressionMode.Decompress, leaveOpen: true);
            byte[] chunk = new byte[32 * 1024];
            int got;
            while ((got = zlib.Read(chunk, 0, chunk.Length)) > 0)
            {
                unpacked += got;
                if (unpacked > most)
                {
                    throw new InputException("the PNG unpacks to more than the picture that it describes", source, "Save the picture again with another program");
                }
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            throw new InputException($"the PNG data cannot be unpacked ({e.Message})", source, "The file was damaged: copy or download it again", e);
        }

        if (unpacked < least)
        {
            throw PictureReader.Truncated(source);
        }
    }
}
