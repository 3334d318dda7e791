using EdgeRuntime.Images;

namespace ModelPacker.Finetune;

/// <summary>Shows a picture a little different every time: mirrored or not, and shifted by up to an eighth of its sides, the edge repeated.</summary>
internal static class Augmentation
{
    private const int Share = 8;

    /// <summary>A changed copy.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="random">Decides.</param>
    /// <param name="flip">Whether mirroring is allowed.</param>
    public static Picture Apply(Picture picture, Random random, bool flip)
    {
        // Drawn in any case, so that the shifts of a seed are the same with and without mirroring.
        bool mirror = random.Next(2) == 1 && flip;
        int reachX = picture.Width / Share;
        int reachY = picture.Height / Share;
        int shiftX = random.Next(-reachX, reachX + 1);
        int shiftY = random.Next(-reachY, reachY + 1);
        Picture made = new(picture.Width, picture.Height);
        for (int y = 0; y < made.Height; y++)
        {
            ReadOnlySpan<byte> from = picture.Rgb.AsSpan(Math.Clamp(y + shiftY, 0, picture.Height - 1) * picture.Width * 3, picture.Width * 3);
            Span<byte> to = made.Rgb.AsSpan(y * made.Width * 3, made.Width * 3);
            for (int x = 0; x < made.Width; x++)
            {
                int source = Math.Clamp(x + shiftX, 0, picture.Width - 1);
                from.Slice((mirror ? picture.Width - 1 - source : source) * 3, 3).CopyTo(to[(x * 3)..]);
            }
        }

        return made;
    }
}
