using EdgeRuntime.Images;

namespace ModelPacker.Report;

/// <summary>Draws maps of weights: dark where a site weighs nothing, bright where it weighs most, grey where it is skipped.</summary>
internal static class ImpactPicture
{
    // A few sites may weigh far more than all others; the brightest colour starts here.
    private const double BrightestShare = 0.99;
    private const int Gap = 14;
    private const int Columns = 4;
    private const int TextScale = 1;

    private static readonly Rgb Skipped = new(120, 120, 124);
    private static readonly Rgb Page = new(24, 25, 29);
    private static readonly Rgb Ink = new(236, 236, 232);

    // "viridis" (Smith and van der Walt, 2015), where equal steps look equal, at nine places.
    private static readonly Rgb[] Ramp =
        [new(68, 1, 84), new(71, 45, 123), new(59, 82, 139), new(44, 114, 142), new(33, 145, 140), new(40, 174, 128), new(94, 201, 98), new(173, 220, 48), new(253, 231, 37)];

    /// <summary>Draws a map, every site a square.</summary>
    /// <param name="weights">[height·width], none below 0.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="skipped">Whether a site is skipped.</param>
    public static Picture Draw(IReadOnlyList<double> weights, int height, int width, Func<int, bool> skipped)
    {
        int cell = MaskPicture.CellOf(height, width);
        Picture picture = new(width * cell, height * cell);
        Canvas canvas = new(picture);
        double brightest = Brightest(weights, skipped);
        for (int site = 0; site < weights.Count; site++)
        {
            int left = site % width * cell;
            int top = site / width * cell;
            canvas.Fill(left, top, left + cell, top + cell, skipped(site) ? Skipped : Color(brightest > 0 ? weights[site] / brightest : 0));
        }

        return picture;
    }

    /// <summary>Lays maps side by side, each below its name.</summary>
    public static Picture Sheet(IReadOnlyList<(string Name, Picture Map)> maps)
    {
        int columns = Math.Min(Columns, maps.Count);
        int line = BitmapFont.CellHeight * TextScale;
        int cellWidth = maps.Max(m => m.Map.Width);
        int cellHeight = maps.Max(m => m.Map.Height) + line + (Gap / 2);
        Picture sheet = new((columns * (cellWidth + Gap)) + Gap, ((maps.Count + columns - 1) / columns * (cellHeight + Gap)) + Gap);
        Canvas canvas = new(sheet);
        canvas.Fill(0, 0, sheet.Width, sheet.Height, Page);
        int letters = cellWidth / (BitmapFont.CellWidth * TextScale);
        for (int i = 0; i < maps.Count; i++)
        {
            (string name, Picture map) = maps[i];
            int left = Gap + (i % columns * (cellWidth + Gap));
            int top = Gap + (i / columns * (cellHeight + Gap));

            // The end of a long name tells layers apart.
            canvas.Text(left, top, name.Length <= letters ? name : "~" + name[^(letters - 1)..], TextScale, Ink);
            for (int y = 0; y < map.Height; y++)
            {
                map.Rgb.AsSpan(y * map.Width * 3, map.Width * 3).CopyTo(sheet.Rgb.AsSpan((((top + line + (Gap / 2) + y) * sheet.Width) + left) * 3));
            }
        }

        return sheet;
    }

    /// <summary>The colour of a share of the brightest weight.</summary>
    public static Rgb Color(double share)
    {
        double place = Math.Clamp(share, 0, 1) * (Ramp.Length - 1);
        int below = Math.Min((int)place, Ramp.Length - 2);
        double part = place - below;
        (Rgb a, Rgb b) = (Ramp[below], Ramp[below + 1]);
        return new(Mix(a.R, b.R), Mix(a.G, b.G), Mix(a.B, b.B));

        byte Mix(byte from, byte to) => (byte)Math.Round(from + (part * (to - from)));
    }

    private static double Brightest(IReadOnlyList<double> weights, Func<int, bool> skipped)
    {
        double[] sorted = [.. weights.Where((_, s) => !skipped(s)).Order()];
        return sorted.Length == 0 ? 0 : sorted[(int)(BrightestShare * (sorted.Length - 1))] is var high and > 0 ? high : sorted[^1];
    }
}
