using ModelPacker.Perforate;

namespace ModelPacker.Tests.Perforate;

public class DifferenceEnergyTests
{
    [Fact]
    public void ConstantRegionsGoFirst()
    {
        // The left half is flat, the right half noise.
        Random random = new(1);
        double[] weights = Weights(8, 12, 2, (y, x, c) => x < 6 ? 0.5f : (float)random.NextDouble(), pictures: 3);
        double[] flat = [.. Sites(8, 12).Where(s => s % 12 < 5).Select(s => weights[s])];
        double[] noisy = [.. Sites(8, 12).Where(s => s % 12 >= 7).Select(s => weights[s])];
        Array.Sort(flat);

        // All of the flat part but the few sites that stand for it goes before any noise does.
        Assert.True(flat[^4] < noisy.Min(), $"{flat[^4]} {noisy.Min()}");
    }

    [Fact]
    public void WeightsAreAnOrder()
    {
        Random random = new(2);
        double[] weights = Weights(7, 9, 3, (_, _, _) => (float)random.NextDouble(), pictures: 2);
        Assert.Equal(63, weights.Distinct().Count());
        Assert.Equal(1, weights.Max());
        Assert.Equal(0, weights.Min());
    }

    [Fact]
    public void MasksLeaveLessDifferenceThanRandomOnes()
    {
        for (int seed = 0; seed < 6; seed++)
        {
            Random random = new(seed);
            float[] map = Smooth(16, 16, random);
            DifferenceEnergy energy = new(16, 16, 1);
            energy.Add(map);
            MaskMaker maker = new(16, 16) { Impact = energy.Weights() };
            foreach (double share in (double[])[0.25, 0.5, 0.75])
            {
                double own = Left(map, maker.Make(MaskKind.Impact, share, seed));
                double drawn = Enumerable.Range(0, 20).Average(s => Left(map, maker.Make(MaskKind.Uniform, share, s)));
                Assert.True(own < 0.6 * drawn, $"share {share}, seed {seed}: {own} is not well below {drawn}");
            }
        }
    }

    [Fact]
    public void WhereDistanceIsAllThatDiffersHalfIsSkippedAtTheLeastPrice()
    {
        // Channels y and x: sites differ by their squared distance, so no skipped site can do better than a kept neighbour beside it.
        double[] weights = Weights(12, 12, 2, (y, x, c) => c == 0 ? y : x, pictures: 1);
        Support support = new MaskMaker(12, 12) { Impact = weights }.Make(MaskKind.Impact, 0.5, 1);
        Assert.Equal(72, support.Kept.Length);
        Assert.All(Sites(12, 12), s =>
        {
            int from = support.Kept[support.Nearest[s]];
            Assert.True(Math.Abs((from / 12) - (s / 12)) + Math.Abs((from % 12) - (s % 12)) <= 1, $"site {s} reads {from}");
        });
    }

    private static IEnumerable<int> Sites(int height, int width) => Enumerable.Range(0, height * width);

    private static double[] Weights(int height, int width, int channels, Func<int, int, int, float> value, int pictures)
    {
        DifferenceEnergy energy = new(height, width, channels);
        for (int p = 0; p < pictures; p++)
        {
            float[] rows = new float[height * width * channels];
            for (int i = 0; i < rows.Length; i++)
            {
                int site = i / channels;
                rows[i] = value(site / width, site % width, i % channels);
            }

            energy.Add(rows);
        }

        return energy.Weights();
    }

    // Bumps of different widths: some parts vary much, others little.
    private static float[] Smooth(int height, int width, Random random)
    {
        (double Y, double X, double Width, double Height)[] bumps =
            [.. Enumerable.Range(0, 5).Select(_ => (random.NextDouble() * height, random.NextDouble() * width, 0.7 + (3 * random.NextDouble()), random.NextDouble() - 0.5))];
        return [.. Sites(height, width).Select(s => (float)bumps.Sum(b =>
        {
            double dy = (s / width) - b.Y;
            double dx = (s % width) - b.X;
            return b.Height * Math.Exp(-((dy * dy) + (dx * dx)) / (2 * b.Width * b.Width));
        }))];
    }

    private static double Left(float[] map, Support support)
        => Enumerable.Range(0, map.Length).Sum(s => Math.Pow(map[s] - map[support.Kept[support.Nearest[s]]], 2));
}
