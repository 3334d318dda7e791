using EdgeRuntime.Detections;

namespace EdgeRuntime.Images;

/// <summary>Draws results on pictures, for people to look at.</summary>
/// <remarks>All methods give a new picture; small ones are first enlarged by a whole factor, so that text can be read.</remarks>
public static class Annotator
{
    private const int ReadableSide = 480;

    // Far apart in hue, of like brightness, so that white and black text both stand out from a dark rim.
    private static readonly Rgb[] Palette =
    [
        new(255, 112, 67), new(66, 165, 245), new(102, 187, 106), new(255, 202, 40), new(171, 71, 188),
        new(38, 198, 218), new(236, 64, 122), new(212, 225, 87), new(141, 110, 99), new(92, 107, 192),
    ];

    private static readonly Rgb Ink = new(16, 18, 22);
    private static readonly Rgb Paper = new(245, 247, 250);
    private static readonly Rgb Track = new(58, 64, 74);

    /// <summary>Draws a box with class name and score around every detection.</summary>
    /// <param name="picture">The picture that the model saw.</param>
    /// <param name="detections">Boxes in fractions of <paramref name="picture"/>; the best first, which is drawn on top.</param>
    /// <param name="spec">Gives the class names.</param>
    public static Picture Detections(Picture picture, IReadOnlyList<Detection> detections, InputSpec spec)
    {
        ArgumentNullException.ThrowIfNull(detections);
        ArgumentNullException.ThrowIfNull(spec);
        Picture drawn = Enlarge(picture);
        Canvas canvas = new(drawn);
        int scale = TextScale(drawn);
        for (int i = detections.Count - 1; i >= 0; i--)
        {
            Box(canvas, detections[i], scale);
        }

        // Names come last: a name under another object's frame could not be read.
        for (int i = detections.Count - 1; i >= 0; i--)
        {
            Name(canvas, detections[i], spec.LabelOf(detections[i].Class), scale);
        }

        return drawn;
    }

    /// <summary>Adds a banner below the picture: a line with bar and percentage per class.</summary>
    /// <param name="picture">The picture that the model saw.</param>
    /// <param name="best">Classes with shares in 0..1, the best first.</param>
    /// <param name="spec">Gives the class names.</param>
    public static Picture Classes(Picture picture, IReadOnlyList<Classification> best, InputSpec spec)
    {
        ArgumentNullException.ThrowIfNull(best);
        ArgumentNullException.ThrowIfNull(spec);
        Picture enlarged = Enlarge(picture);
        int scale = TextScale(enlarged);
        int margin = 4 * scale;
        int line = (BitmapFont.CellHeight + 4) * scale;
        Picture drawn = new(enlarged.Width, enlarged.Height + (best.Count * line) + (2 * margin));
        enlarged.Rgb.CopyTo(drawn.Rgb, 0);
        Canvas canvas = new(drawn);
        canvas.Fill(0, enlarged.Height, drawn.Width, drawn.Height, Ink);
        for (int i = 0; i < best.Count; i++)
        {
            int top = enlarged.Height + margin + (i * line);
            ClassLine(canvas, spec.LabelOf(best[i].Class), best[i], i == 0, top, margin, scale);
        }

        return drawn;
    }

    /// <summary>Writes one line of text on a dark strip along the top.</summary>
    public static Picture Caption(Picture picture, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Picture drawn = Enlarge(picture);
        Canvas canvas = new(drawn);
        int scale = TextScale(drawn);
        canvas.Shade(0, 0, drawn.Width, (BitmapFont.CellHeight + 4) * scale, Ink, 190);
        canvas.Text(4 * scale, 3 * scale, Shorten(text, (drawn.Width - (8 * scale)) / (BitmapFont.CellWidth * scale)), scale, Paper);
        return drawn;
    }

    private static void ClassLine(Canvas canvas, string label, Classification entry, bool first, int top, int margin, int scale)
    {
        Rgb color = Palette[entry.Class % Palette.Length];
        float share = float.IsFinite(entry.Score) ? Math.Clamp(entry.Score, 0, 1) : 0;
        string percent = $"{share * 100,5:0.0}%";
        int cell = BitmapFont.CellWidth * scale;
        int percentLeft = canvas.Width - margin - (percent.Length * cell);
        int barLeft = Math.Min(canvas.Width * 9 / 20, percentLeft - (4 * cell));
        int barRight = percentLeft - cell;
        canvas.Text(margin, top, Shorten(FirstName(label), (barLeft - margin - cell) / cell), scale, first ? Paper : new Rgb(176, 182, 192));
        if (barRight > barLeft)
        {
            canvas.Fill(barLeft, top + scale, barRight, top + (8 * scale), Track);
            canvas.Fill(barLeft, top + scale, barLeft + (int)MathF.Round((barRight - barLeft) * share), top + (8 * scale), color);
        }

        canvas.Text(percentLeft, top, percent, scale, first ? Paper : new Rgb(176, 182, 192));
    }

    private static void Box(Canvas canvas, in Detection detection, int scale)
    {
        (int left, int top, int right, int bottom) = Pixels(canvas, detection);
        int line = scale + 1;
        canvas.Frame(left - 1, top - 1, right + 1, bottom + 1, line + 2, Ink);
        canvas.Frame(left, top, right, bottom, line, Palette[detection.Class % Palette.Length]);
    }

    private static void Name(Canvas canvas, in Detection detection, string label, int scale)
    {
        (int left, int top, _, _) = Pixels(canvas, detection);
        string text = Shorten($"{FirstName(label)} {detection.Score * 100:0}%", canvas.Width / (BitmapFont.CellWidth * scale));
        int width = ((text.Length * BitmapFont.CellWidth) + 3) * scale;
        int height = (BitmapFont.CellHeight + 2) * scale;
        int x = Math.Clamp(left, 0, Math.Max(canvas.Width - width, 0));
        int y = top - height >= 0 ? top - height : Math.Min(top, Math.Max(canvas.Height - height, 0));
        Rgb color = Palette[detection.Class % Palette.Length];
        canvas.Fill(x - 1, y - 1, x + width + 1, y + height + 1, Ink);
        canvas.Fill(x, y, x + width, y + height, color);
        canvas.Text(x + (2 * scale), y + (2 * scale), text, scale, Ink);
    }

    private static (int Left, int Top, int Right, int Bottom) Pixels(Canvas canvas, in Detection d) =>
        (Pixel(d.Left, canvas.Width), Pixel(d.Top, canvas.Height), Pixel(d.Right, canvas.Width), Pixel(d.Bottom, canvas.Height));

    private static int Pixel(float share, int size) => float.IsNaN(share) ? 0 : (int)MathF.Round(Math.Clamp(share, 0, 1) * size);

    // Label lists write synonyms behind commas.
    private static string FirstName(string label) => label.Split(',')[0];

    private static string Shorten(string text, int most) =>
        text.Length <= most ? text : most < 3 ? text[..Math.Max(most, 0)] : $"{text.AsSpan(0, most - 2)}..";

    private static int TextScale(Picture picture) => Math.Clamp((Math.Min(picture.Width, picture.Height) + 80) / 240, 1, 8);

    private static Picture Enlarge(Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        int longest = Math.Max(picture.Width, picture.Height);
        int factor = (ReadableSide + longest - 1) / longest;
        Picture large = new(picture.Width * factor, picture.Height * factor);
        for (int y = 0; y < large.Height; y++)
        {
            ReadOnlySpan<byte> source = picture.Rgb.AsSpan(y / factor * picture.Width * 3, picture.Width * 3);
            Span<byte> target = large.Rgb.AsSpan(y * large.Width * 3, large.Width * 3);
            for (int x = 0; x < large.Width; x++)
            {
                source.Slice(x / factor * 3, 3).CopyTo(target[(x * 3)..]);
            }
        }

        return large;
    }
}
