using System.Numerics.Tensors;

namespace ModelPacker.Perforate;

/// <summary>How much neighbouring sites of a map differ, over the calibration pictures: what it costs to let one stand for the other.</summary>
/// <param name="height">Rows of the grid.</param>
/// <param name="width">Columns.</param>
/// <param name="channels">Channels.</param>
public sealed class DifferenceEnergy(int height, int width, int channels)
{
    private const int Radius = 3;
    private const int Side = (2 * Radius) + 1;

    // [offset, site]: only offsets that look forward are measured, the others are their mirror images.
    private readonly double[]?[] _energy = new double[]?[Side * Side];

    /// <summary>Adds one picture.</summary>
    /// <param name="rows">[height·width, channels].</param>
    public void Add(ReadOnlySpan<float> rows)
    {
        for (int dy = 0; dy <= Radius; dy++)
        {
            for (int dx = dy == 0 ? 1 : -Radius; dx <= Radius; dx++)
            {
                double[] energy = _energy[Offset(dy, dx)] ??= new double[height * width];
                for (int y = 0; y + dy < height; y++)
                {
                    for (int x = Math.Max(0, -dx); x < Math.Min(width, width - dx); x++)
                    {
                        int site = (y * width) + x;
                        int other = site + (dy * width) + dx;
                        float distance = TensorPrimitives.Distance(rows.Slice(site * channels, channels), rows.Slice(other * channels, channels));
                        energy[site] += (double)distance * distance;
                    }
                }
            }
        }
    }

    /// <summary>Weights for <see cref="MaskKind.Impact"/> without gradients: sites are taken away one by one, always the one that adds least difference between
    /// all sites and the kept ones nearest to them; a site weighs the more the later it goes.</summary>
    /// <returns>[sites], from 0 to 1.</returns>
    public double[] Weights()
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
                sum += next < 0 ? double.MaxValue / 4 : Between(s, next) - Between(s, site);
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

    private const int Reach = 2;

    private static int Offset(int dy, int dx) => ((dy + Radius) * Side) + dx + Radius;

    // Beyond what was measured, differences are taken to grow with the distance.
    private double Between(int a, int b)
    {
        if (a == b)
        {
            return 0;
        }

        (int from, int to) = a < b ? (a, b) : (b, a);
        int dy = (to / width) - (from / width);
        int dx = (to % width) - (from % width);
        double far = Math.Max(1, Math.Max(dy, Math.Abs(dx)) / (double)Radius);
        int cy = (int)Math.Round(dy / far);
        int cx = (int)Math.Round(dx / far);
        return far * (_energy[Offset(cy, cx)]?[from] ?? 0);
    }
}
