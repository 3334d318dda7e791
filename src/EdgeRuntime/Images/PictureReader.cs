using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using StbImageSharp;

namespace EdgeRuntime.Images;

/// <summary>Decodes JPEG, PNG, BMP, GIF (first frame) and binary PPM to RGB24.</summary>
/// <remarks>
/// The header is read and judged first, by our own code, so that a file cannot make the decoder allocate more than
/// the picture it holds. Anything wrong with the file ends in an <see cref="InputException"/>.
/// </remarks>
public static class PictureReader
{
    /// <summary>Largest picture taken, in pixels.</summary>
    public const long MaxPixels = 64L * 1024 * 1024;

    /// <summary>Largest file taken, in bytes: a PPM of <see cref="MaxPixels"/> with some room.</summary>
    public const long MaxFileBytes = (MaxPixels * 3) + (1 << 20);

    /// <summary>Reads the file at <paramref name="path"/>.</summary>
    /// <exception cref="InputException">The file is missing, broken, too large or of another kind.</exception>
    public static Picture Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1);
            return Read(stream, path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException("there is no such picture", path, "Check the spelling of the path", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new InputException("the picture cannot be opened", path, "Name a file, not a folder, and make it readable for this user", e);
        }
        catch (IOException e)
        {
            throw new InputException($"the picture cannot be read ({e.Message})", path, "Check the storage and try again", e);
        }
    }

    /// <summary>Reads the rest of <paramref name="stream"/>; <paramref name="source"/> names it in errors.</summary>
    /// <exception cref="InputException">The content is broken, too large or of another kind.</exception>
    public static Picture Read(Stream stream, string source)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using MemoryStream content = new();
        byte[] chunk = new byte[64 * 1024];
        int got;
        while ((got = stream.Read(chunk, 0, chunk.Length)) > 0)
        {
            if (content.Length + got > MaxFileBytes)
            {
                throw new InputException($"the file is larger than {MaxFileBytes / (1 << 20)} MiB", source, "Scale the picture down");
            }

            content.Write(chunk, 0, got);
        }

        return Read(content.GetBuffer().AsMemory(0, (int)content.Length), source);
    }

    /// <summary>Decodes a picture file held in memory; <paramref name="source"/> names it in errors.</summary>
    /// <exception cref="InputException">The content is broken, too large or of another kind.</exception>
    public static Picture Read(ReadOnlyMemory<byte> file, string source)
    {
        PictureHeader header = PictureHeader.Read(file.Span, source);
        if (header.Width < 1 || header.Height < 1)
        {
            throw new InputException($"the header says {header.Width}x{header.Height} pixels", source, "The file is broken: export the picture again");
        }

        if ((long)header.Width * header.Height > MaxPixels)
        {
            throw new InputException(
                $"the header says {header.Width}x{header.Height} pixels, more than {MaxPixels / (1 << 20)} megapixels",
                source,
                "Scale the picture down");
        }

        if (header.Format == PictureFormat.Ppm)
        {
            return Ppm(file.Span, header, source);
        }

        PictureIntegrity.Check(file, header, source);
        return Decode(file, header, source);
    }

    private static Picture Ppm(ReadOnlySpan<byte> file, PictureHeader header, string source)
    {
        int bytes = header.Width * header.Height * 3;
        if (file.Length - header.DataOffset < bytes)
        {
            throw Truncated(source);
        }

        return new Picture(header.Width, header.Height, file.Slice(header.DataOffset, bytes).ToArray());
    }

    [SuppressMessage("Design", "CA1031", Justification = "The decoder throws bare and index exceptions on broken files; all mean the same here.")]
    private static Picture Decode(ReadOnlyMemory<byte> file, PictureHeader header, string source)
    {
        ImageResult result;
        try
        {
            // Nearly always an array already; a second copy of a large file would cost a small board dearly.
            using MemoryStream stream = MemoryMarshal.TryGetArray(file, out ArraySegment<byte> array)
                ? new(array.Array!, array.Offset, array.Count, writable: false)
                : new(file.ToArray(), writable: false);
            result = ImageResult.FromStream(stream, ColorComponents.RedGreenBlue);
        }
        catch (Exception e)
        {
            throw new InputException($"the {header.Format} data cannot be decoded ({e.Message})", source, "The file is broken or of a rare variant: save it as plain PNG or baseline JPEG", e);
        }

        if (result.Data is null || result.Width != header.Width || result.Height != header.Height || result.Data.LongLength != (long)header.Width * header.Height * 3)
        {
            throw new InputException($"the {header.Format} data does not fit its header", source, "The file is broken: export the picture again");
        }

        return new Picture(result.Width, result.Height, result.Data);
    }

    internal static InputException Truncated(string source) =>
        new("the file ends before the picture does", source, "Copy or download it again");
}
