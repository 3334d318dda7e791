namespace EdgeRuntime.Images;

/// <summary>Draws on a <see cref="Picture"/> in place; everything outside it is cut off.</summary>
internal readonly struct Canvas(Picture picture)
{
    internal int Width => picture.Width;

    internal int Height => picture.Height;

    /// <summary>Fills columns left..right−1 of rows top..bottom−1.</summary>
    internal void Fill(int left, int top, int right, int bottom, Rgb color) => Shade(left, top, right, bottom, color, 255);

    /// <summary>Lays a colour over what is there; <paramref name="cover"/> 0 leaves it, 255 hides it.</summary>
    internal void Shade(int left, int top, int right, int bottom, Rgb color, int cover)
    {
        left = Math.Max(left, 0);
        right = Math.Min(right, Width);
        for (int y = Math.Max(top, 0); y < Math.Min(bottom, Height); y++)
        {
            for (int x = left; x < right; x++)
            {
                Span<byte> pixel = picture.Rgb.AsSpan(((y * Width) + x) * 3, 3);
                pixel[0] = Mix(pixel[0], color.R, cover);
                pixel[1] = Mix(pixel[1], color.G, cover);
                pixel[2] = Mix(pixel[2], color.B, cover);
            }
        }
    }

    /// <summary>Draws the rim of a rectangle, inwards.</summary>
    internal void Frame(int left, int top, int right, int bottom, int line, Rgb color)
    {
        Fill(left, top, right, top + line, color);
        Fill(left, bottom - line, right, bottom, color);
        Fill(left, top + line, left + line, bottom - line, color);
        Fill(right - line, top + line, right, bottom - line, color);
    }

    /// <summary>Writes text with its first cell's top left corner at (left, top); every dot is scale × scale pixels.</summary>
    internal void Text(int left, int top, string text, int scale, Rgb color)
    {
        foreach (char character in text)
        {
            ReadOnlySpan<byte> rows = BitmapFont.Glyph(character);
            for (int row = 0; row < rows.Length; row++)
            {
                for (int column = 0; column < BitmapFont.GlyphWidth; column++)
                {
                    if ((rows[row] >> (BitmapFont.GlyphWidth - 1 - column) & 1) != 0)
                    {
                        int x = left + (column * scale), y = top + (row * scale);
                        Fill(x, y, x + scale, y + scale, color);
                    }
                }
            }

            left += BitmapFont.CellWidth * scale;
        }
    }

    private static byte Mix(byte below, byte above, int cover) =>
        (byte)(((below * (255 - cover)) + (above * cover) + 127) / 255);
}
