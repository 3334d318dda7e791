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

    /// <summary>Weights for <see cref="MaskKind.Impact"/> without gradients: the longer a site stays when sites are taken away one by one (<see cref="SiteRemoval"/>), the more it weighs.</summary>
    /// <returns>[sites], from 0 to 1.</returns>
    public double[] Weights() => SiteRemoval.Weights(height, width, Between);

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
