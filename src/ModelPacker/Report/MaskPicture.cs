using EdgeRuntime.Images;

namespace ModelPacker.Report;

/// <summary>Draws a mask over a picture: where a site is evaluated the picture is seen as it is, elsewhere one dark shade of its own colour.</summary>
public static class MaskPicture
{
    private const int LongSide = 224;

    // Cells of fewer pixels are drawn without a gap, which would hide most of them.
    private const int SmallestWithGap = 5;

    private static readonly byte[] Shade = [30, 34, 44];

    // How much of a skipped site's colour shows through, of 256.
    private const int ShowsThrough = 52;

    /// <summary>Pixels per site and side in the drawing of a grid.</summary>
    public static int CellOf(int height, int width) => Math.Max(1, LongSide / Math.Max(height, width));

    /// <summary>Draws.</summary>
    /// <param name="kept">Evaluated sites y·width + x.</param>
    /// <param name="height">Rows of the grid of sites.</param>
    /// <param name="width">Columns of the grid.</param>
    /// <param name="sample">The picture; its middle is taken where it is wider or higher than the grid.</param>
    /// <returns>A picture of <see cref="CellOf"/> pixels per site.</returns>
    public static Picture Draw(IReadOnlyCollection<int> kept, int height, int width, Picture sample)
    {
        int cell = CellOf(height, width);
        Picture picture = Fit(sample, width * cell, height * cell);
        bool[] evaluated = new bool[height * width];
        foreach (int site in kept)
        {
            evaluated[site] = true;
        }

        int gap = cell >= SmallestWithGap ? 1 : 0;
        for (int site = 0; site < evaluated.Length; site++)
        {
            if (!evaluated[site])
            {
                Darken(picture, site % width * cell, site / width * cell, cell);
            }
            else
            {
                Frame(picture, site % width * cell, site / width * cell, cell, gap);
            }
        }

        return picture;
    }

    private static void Darken(Picture picture, int left, int top, int cell)
    {
        Span<int> sums = stackalloc int[3];
        sums.Clear();
        for (int y = top; y < top + cell; y++)
        {
            for (int x = left; x < left + cell; x++)
            {
                for (int c = 0; c < 3; c++)
                {
                    sums[c] += picture.Rgb[(((y * picture.Width) + x) * 3) + c];
                }
            }
        }

        Span<byte> colour = stackalloc byte[3];
        for (int c = 0; c < 3; c++)
        {
            int mean = sums[c] / (cell * cell);
            colour[c] = (byte)(((mean * ShowsThrough) + (Shade[c] * (256 - ShowsThrough))) / 256);
        }

        Fill(picture, left, top, cell, cell, colour);
    }

    private static void Frame(Picture picture, int left, int top, int cell, int gap)
    {
        if (gap > 0)
        {
            Fill(picture, left, top + cell - gap, cell, gap, Shade);
            Fill(picture, left + cell - gap, top, gap, cell, Shade);
        }
    }

    private static void Fill(Picture picture, int left, int top, int width, int height, ReadOnlySpan<byte> colour)
    {
        for (int y = top; y < top + height; y++)
        {
            for (int x = left; x < left + width; x++)
            {
                colour.CopyTo(picture.Rgb.AsSpan(((y * picture.Width) + x) * 3));
            }
        }
    }

    // The largest middle part of the wanted shape.
    private static Picture Fit(Picture sample, int width, int height)
    {
        double scale = Math.Min((double)sample.Width / width, (double)sample.Height / height);
        double left = (sample.Width - (width * scale)) / 2;
        double top = (sample.Height - (height * scale)) / 2;
        Picture picture = new(width, height);
        for (int y = 0; y < height; y++)
        {
            Tap vertical = Tap.Of(top + (y * scale), scale, sample.Height);
            for (int x = 0; x < width; x++)
            {
                Tap horizontal = Tap.Of(left + (x * scale), scale, sample.Width);
                for (int c = 0; c < 3; c++)
                {
                    picture.Rgb[(((y * width) + x) * 3) + c] = (byte)(Mean(sample, vertical, horizontal, c) + 0.5);
                }
            }
        }

        return picture;
    }

    private static double Mean(Picture sample, Tap vertical, Tap horizontal, int channel)
    {
        double sum = 0;
        for (int v = vertical.From; v < vertical.To; v++)
        {
            for (int u = horizontal.From; u < horizontal.To; u++)
            {
                sum += vertical.Weight(v) * horizontal.Weight(u) * sample.Rgb[(((v * sample.Width) + u) * 3) + channel];
            }
        }

        return sum;
    }

    // Pixels that one pixel of the drawing is made of: the mean of those it covers, or, where it is smaller than one, a mixture of two.
    private readonly record struct Tap(int From, int To, double First)
    {
        public static Tap Of(double start, double length, int size)
        {
            if (length >= 1)
            {
                int from = Math.Clamp((int)Math.Floor(start + 1e-6), 0, size - 1);
                int to = Math.Clamp((int)Math.Ceiling(start + length - 1e-6), from + 1, size);
                return new Tap(from, to, 1.0 / (to - from));
            }

            double middle = Math.Clamp(start + (length / 2) - 0.5, 0, size - 1);
            int low = Math.Min((int)middle, Math.Max(size - 2, 0));
            return new Tap(low, Math.Min(low + 2, size), size == 1 ? 1 : 1 - (middle - low));
        }

        public double Weight(int index) => index == From ? First : To - From == 2 ? 1 - First : First;
    }
}
