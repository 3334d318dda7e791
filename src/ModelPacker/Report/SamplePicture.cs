using EdgeRuntime.Images;

namespace ModelPacker.Report;

/// <summary>A picture to draw masks over where none was given: hills under a low sun, so that fine and coarse parts can be told apart.</summary>
public static class SamplePicture
{
    private const int Side = 256;

    private static readonly (double Base, double Height, double Waves, double Phase, (byte R, byte G, byte B) Colour)[] Hills =
    [
        (0.58, 0.060, 2.1, 0.4, (126, 150, 176)),
        (0.68, 0.075, 1.3, 2.2, (86, 124, 128)),
        (0.82, 0.060, 1.7, 4.0, (54, 92, 78)),
    ];

    /// <summary>Draws it.</summary>
    public static Picture Draw()
    {
        Picture picture = new(Side, Side);
        for (int y = 0; y < Side; y++)
        {
            for (int x = 0; x < Side; x++)
            {
                (byte r, byte g, byte b) = Colour(x / (double)Side, y / (double)Side);
                Span<byte> pixel = picture.Rgb.AsSpan(((y * Side) + x) * 3, 3);
                (pixel[0], pixel[1], pixel[2]) = (r, g, b);
            }
        }

        return picture;
    }

    private static (byte R, byte G, byte B) Colour(double x, double y)
    {
        (byte R, byte G, byte B) colour = Mix((112, 164, 214), (252, 224, 184), Math.Min(1, y / 0.6));
        double distance = Math.Sqrt(((x - 0.68) * (x - 0.68)) + ((y - 0.36) * (y - 0.36)));
        colour = Mix(colour, (255, 244, 214), Math.Clamp((0.105 - distance) / 0.01, 0, 1));
        foreach ((double level, double height, double waves, double phase, (byte R, byte G, byte B) hill) in Hills)
        {
            double ridge = level + (height * Math.Sin((x * waves * 2 * Math.PI) + phase)) + (height / 5 * Math.Sin((x * waves * 9) + (2 * phase)));
            colour = y > ridge ? hill : colour;
        }

        return colour;
    }

    private static (byte R, byte G, byte B) Mix((byte R, byte G, byte B) a, (byte R, byte G, byte B) b, double share)
        => ((byte)(a.R + ((b.R - a.R) * share)), (byte)(a.G + ((b.G - a.G) * share)), (byte)(a.B + ((b.B - a.B) * share)));
}
