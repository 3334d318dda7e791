namespace ModelPacker.Perforate;

/// <summary>The evaluated sites of a map, and for every site the one whose values stand for it.</summary>
/// <param name="Kept">Evaluated sites in the order of their rows.</param>
/// <param name="Nearest">[sites] row of the evaluated site that stands for each site.</param>
public sealed record Support(int[] Kept, int[] Nearest)
{
    /// <summary>Sites of the map.</summary>
    public int Sites => Nearest.Length;

    /// <summary>Share of the sites that is skipped (the perforation rate r of Figurnov et al., NIPS 2016).</summary>
    public double Rate => 1 - ((double)Kept.Length / Sites);

    /// <summary>Whether row o is site o for every site.</summary>
    public bool IsFull
    {
        get
        {
            for (int i = 0; i < Nearest.Length; i++)
            {
                if (Nearest[i] != i)
                {
                    return false;
                }
            }

            return Kept.Length == Nearest.Length;
        }
    }

    /// <summary>The support of a mask over a grid of sites: every skipped site takes the evaluated one at the least Euclidean distance; a tie is
    /// decided once, here.</summary>
    /// <param name="height">Rows of the grid.</param>
    /// <param name="width">Columns of the grid.</param>
    /// <param name="kept">Evaluated sites y·width + x, at least one, rising.</param>
    /// <param name="random">Draws the ties.</param>
    /// <param name="error">What it costs that the second site stands for the first; decides ties where it is known.</param>
    public static Support OfMask(int height, int width, int[] kept, Random random, Func<int, int, double>? error = null)
        => Of(height, width, kept, (site, nearest) => error is not null ? nearest.MinBy(t => error(site, kept[t]))
            : nearest[nearest.Count == 1 ? 0 : random.Next(nearest.Count)]);

    /// <summary>The support of a mask whose ties were decided before.</summary>
    /// <param name="height">Rows of the grid.</param>
    /// <param name="width">Columns of the grid.</param>
    /// <param name="kept">Evaluated sites, at least one, rising.</param>
    /// <param name="ties">What <see cref="Ties"/> gave.</param>
    /// <exception cref="InvalidDataException">The ties are not those of this mask.</exception>
    public static Support OfTies(int height, int width, int[] kept, byte[] ties)
    {
        int at = 0;
        Support support = Of(height, width, kept, (_, nearest) =>
        {
            if (nearest.Count == 1)
            {
                return nearest[0];
            }

            nearest.Sort();
            return at < ties.Length && ties[at] < nearest.Count ? nearest[ties[at++]] : throw new InvalidDataException();
        });
        return at == ties.Length ? support : throw new InvalidDataException();
    }

    /// <summary>How the ties were decided: for every skipped site, in order, that has several evaluated sites at the least distance, which of these stands for it, counted in the order of
    /// the sites.</summary>
    /// <param name="height">Rows of the grid.</param>
    /// <param name="width">Columns of the grid.</param>
    /// <exception cref="InvalidDataException">What stands for a site is not the nearest evaluated one.</exception>
    public byte[] Ties(int height, int width)
    {
        List<byte> ties = [];
        Of(height, width, Kept, (site, nearest) =>
        {
            nearest.Sort();
            int at = nearest.IndexOf(Nearest[site]);
            if (at < 0)
            {
                throw new InvalidDataException();
            }

            if (nearest.Count > 1)
            {
                ties.Add(checked((byte)at));
            }

            return nearest[at];
        });
        return [.. ties];
    }

    // What chooses is given a site and the rows of the evaluated ones nearest to it.
    private static Support Of(int height, int width, int[] kept, Func<int, List<int>, int> choose)
    {
        ArgumentOutOfRangeException.ThrowIfZero(kept.Length);
        int[] rows = new int[height * width];
        Array.Fill(rows, -1);
        for (int i = 0; i < kept.Length; i++)
        {
            rows[kept[i]] = i;
        }

        int[] nearest = new int[rows.Length];
        List<int> ties = [];
        for (int site = 0; site < nearest.Length; site++)
        {
            nearest[site] = rows[site] >= 0 ? rows[site] : Search(site / width, site % width);
        }

        return new Support(kept, nearest);

        // Square rings outwards; a ring at distance d holds nothing nearer than d.
        int Search(int y, int x)
        {
            int best = int.MaxValue;
            ties.Clear();
            for (int ring = 1; (long)ring * ring <= best && ring < Math.Max(height, width); ring++)
            {
                for (int dy = -ring; dy <= ring; dy++)
                {
                    int step = Math.Abs(dy) == ring ? 1 : 2 * ring;
                    for (int dx = -ring; dx <= ring; dx += step)
                    {
                        Consider(y + dy, x + dx, (dy * dy) + (dx * dx));
                    }
                }
            }

            return choose((y * width) + x, ties);

            void Consider(int v, int u, int distance)
            {
                if ((uint)v >= (uint)height || (uint)u >= (uint)width || distance > best || rows[(v * width) + u] < 0)
                {
                    return;
                }

                if (distance < best)
                {
                    ties.Clear();
                    best = distance;
                }

                ties.Add(rows[(v * width) + u]);
            }
        }
    }
}
