namespace ModelPacker.Perforate;

/// <summary>Takes the sites of a map away one by one, always the one that adds least error between all sites and the kept ones nearest to them.</summary>
internal static class SiteRemoval
{
    // A removal changes the price of sites this near.
    private const int Reach = 2;

    /// <summary>How long each site stays.</summary>
    /// <param name="height">Rows of the grid.</param>
    /// <param name="width">Columns.</param>
    /// <param name="between">What it costs that the second site stands for the first; 0 for the same.</param>
    /// <returns>[sites], from 0 for the first that goes to 1 for the last.</returns>
    public static double[] Weights(int height, int width, Func<int, int, double> between)
    {
        int sites = height * width;
        int[] standIn = [.. Enumerable.Range(0, sites)];
        List<int>[] served = [.. standIn.Select(s => new List<int> { s })];
        bool[] kept = new bool[sites];
        Array.Fill(kept, true);
        int[] version = new int[sites];
        PriorityQueue<(int Site, int Version), (double, int)> queue = new();
        for (int s = 0; s < sites; s++)
        {
            queue.Enqueue((s, 0), (Increase(s), s));
        }

        double[] weights = new double[sites];
        int gone = 0;
        while (gone < sites - 1)
        {
            (int site, int seen) = queue.Dequeue();
            if (!kept[site] || seen != version[site])
            {
                continue;
            }

            kept[site] = false;
            weights[site] = (double)gone++ / sites;
            HashSet<int> changed = [];
            foreach (int s in served[site])
            {
                int next = Nearest(s);
                standIn[s] = next;
                served[next].Add(s);
            }

            served[site].Clear();

            // Only sites near by can have another price now.
            for (int y = Math.Max(0, (site / width) - Reach); y <= Math.Min(height - 1, (site / width) + Reach); y++)
            {
                for (int x = Math.Max(0, (site % width) - Reach); x <= Math.Min(width - 1, (site % width) + Reach); x++)
                {
                    changed.Add((y * width) + x);
                }
            }

            foreach (int s in changed.Where(s => kept[s]))
            {
                queue.Enqueue((s, ++version[s]), (Increase(s), s));
            }
        }

        weights[Array.IndexOf(kept, true)] = 1;
        return weights;

        double Increase(int site)
        {
            kept[site] = false;
            double sum = 0;
            foreach (int s in served[site])
            {
                int next = Nearest(s);
                sum += next < 0 ? double.MaxValue / 4 : between(s, next) - between(s, site);
            }

            kept[site] = true;
            return sum;
        }

        int Nearest(int site)
        {
            (int y, int x) = (site / width, site % width);
            int best = -1;
            int least = int.MaxValue;
            for (int ring = 1; (long)ring * ring <= least && ring < Math.Max(height, width); ring++)
            {
                for (int dy = -ring; dy <= ring; dy++)
                {
                    int step = Math.Abs(dy) == ring ? 1 : 2 * ring;
                    for (int dx = -ring; dx <= ring; dx += step)
                    {
                        int distance = (dy * dy) + (dx * dx);
                        if ((uint)(y + dy) < (uint)height && (uint)(x + dx) < (uint)width && distance < least && kept[site + (dy * width) + dx])
                        {
                            (best, least) = (site + (dy * width) + dx, distance);
                        }
                    }
                }
            }

            return best;
        }
    }
}
