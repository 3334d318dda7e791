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

            return error is not null ? ties.MinBy(t => error((y * width) + x, kept[t]))
                : ties[ties.Count == 1 ? 0 : random.Next(ties.Count)];

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
