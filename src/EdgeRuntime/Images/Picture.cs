namespace EdgeRuntime.Images;

/// <summary>A decoded picture: 8-bit R, G, B, row by row from the top, no padding between rows.</summary>
public sealed class Picture
{
    /// <summary>A black picture.</summary>
    public Picture(int width, int height)
        : this(width, height, new byte[CheckedBytes(width, height)])
    {
    }

    /// <summary>Wraps <paramref name="rgb"/> without copying it.</summary>
    /// <exception cref="ArgumentException">The array is not width × height × 3 bytes.</exception>
    public Picture(int width, int height, byte[] rgb)
    {
        ArgumentNullException.ThrowIfNull(rgb);
        if (rgb.Length != CheckedBytes(width, height))
        {
            throw new ArgumentException($"A {width}x{height} RGB picture needs {(long)width * height * 3} bytes, got {rgb.Length}.", nameof(rgb));
        }

        Width = width;
        Height = height;
        Rgb = rgb;
    }

    /// <summary>Pixels per row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>R, G, B of pixel (y, x) at (y·Width + x)·3.</summary>
    public byte[] Rgb { get; }

    private static int CheckedBytes(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        long bytes = (long)width * height * 3;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, Array.MaxLength, nameof(width));
        return (int)bytes;
    }
}
