using ModelPacker.Perforate;

namespace ModelPacker.Tests.Perforate;

public class MaskMakerTests
{
    private static readonly double[] Shares = [0.03, 0.1, 0.25, 1 / 3.0, 0.5, 0.67, 0.9, 1];

    [Theory]
    [InlineData(4, 4)]
    [InlineData(5, 9)]
    [InlineData(7, 7)]
    [InlineData(14, 28)]
    [InlineData(56, 31)]
    public void CountsFollowTheFormulas(int height, int width)
    {
        int sites = height * width;
        MaskMaker maker = new(height, width) { Coverage = new double[sites], Impact = new double[sites], Errors = RandomErrors.Of(height, width, new Random(1)) };
        foreach (double share in Shares)
        {
            // N = ⌊(1 − r)·H·W⌋, then whole tiles of 24 where there are at least two of them.
            int wanted = Math.Max(1, (int)Math.Floor(share * sites));
            int tiled = wanted >= 48 && wanted < sites ? wanted / 24 * 24 : wanted;
            foreach (MaskKind kind in (MaskKind[])[MaskKind.Uniform, MaskKind.Structure, MaskKind.Impact, MaskKind.Fisher])
            {
                Assert.Equal((kind, share, tiled), (kind, share, maker.Make(kind, share, 3).Kept.Length));
            }

            int rows = Math.Max(1, (int)Math.Floor(Math.Sqrt(share) * height));
            int columns = Math.Max(1, (int)Math.Floor(Math.Sqrt(share) * width));
            Assert.Equal(rows * columns, maker.Make(MaskKind.Grid, share, 3).Kept.Length);
        }
    }

    [Fact]
    public void KeptSitesAreDistinctRisingAndInside()
    {
        MaskMaker maker = new(9, 15) { Coverage = new double[135], Impact = new double[135], Errors = RandomErrors.Of(9, 15, new Random(1)) };
        foreach (MaskKind kind in MaskKinds.Automatic)
        {
            foreach (double share in Shares)
            {
                int[] kept = maker.Make(kind, share, 11).Kept;
                Assert.Equal(kept.Distinct().Order(), kept);
                Assert.All(kept, k => Assert.InRange(k, 0, 134));
            }
        }
    }

    [Theory]
    [InlineData(12, 30, 0.25)]
    [InlineData(10, 17, 0.4)]
    [InlineData(31, 8, 0.11)]
    public void AGridIsOneShiftOfEvenlySpacedLinesPerAxis(int height, int width, double share)
    {
        for (int seed = 0; seed < 50; seed++)
        {
            int[] kept = new MaskMaker(height, width).Make(MaskKind.Grid, share, seed).Kept;
            int[] rows = [.. kept.Select(k => k / width).Distinct()];
            int[] columns = [.. kept.Select(k => k % width).Distinct()];
            Assert.Equal(rows.SelectMany(y => columns.Select(x => (y * width) + x)), kept);
            AssertLines(rows, height);
            AssertLines(columns, width);
        }
    }

    // There is a u in (0, 1] with a_i = ⌈(extent / K)(i + u)⌉ for all i (counted from 1): the intervals of u that each line allows have a point in common.
    private static void AssertLines(int[] lines, int extent)
    {
        double step = (double)extent / lines.Length;
        double low = 0;
        double high = 1;
        for (int i = 0; i < lines.Length; i++)
        {
            low = Math.Max(low, (lines[i] / step) - i);
            high = Math.Min(high, ((lines[i] + 1) / step) - i);
        }

        Assert.True(low < high + 1e-9, $"{string.Join(' ', lines)} of {extent}");
    }

    [Fact]
    public void ShiftsCoverAllLines()
    {
        bool[] seen = new bool[20];
        for (int seed = 0; seed < 200; seed++)
        {
            Array.ForEach(new MaskMaker(20, 1).Make(MaskKind.Grid, 0.04, seed).Kept, k => seen[k] = true);
        }

        Assert.All(seen, Assert.True);
    }

    [Fact]
    public void TheSeedDecides()
    {
        MaskMaker maker = new(16, 16) { Coverage = new double[256], Impact = new double[256], Errors = RandomErrors.Of(16, 16, new Random(1)) };
        foreach (MaskKind kind in MaskKinds.Automatic)
        {
            Support a = maker.Make(kind, 0.3, 8);
            Support b = maker.Make(kind, 0.3, 8);
            Assert.Equal(a.Kept, b.Kept);
            Assert.Equal(a.Nearest, b.Nearest);
            Assert.Contains(Enumerable.Range(0, 20), s => !maker.Make(kind, 0.3, s).Kept.SequenceEqual(a.Kept));
        }
    }

    [Fact]
    public void UniformTreatsAllSitesAlike()
    {
        int[] times = new int[64];
        for (int seed = 0; seed < 1000; seed++)
        {
            Array.ForEach(new MaskMaker(8, 8).Make(MaskKind.Uniform, 0.25, seed).Kept, k => times[k]++);
        }

        // 250 expected; 6 standard deviations are 82.
        Assert.All(times, t => Assert.InRange(t, 168, 332));
    }

    [Fact]
    public void ImpactKeepsTheHeaviest()
    {
        double[] weights = [.. Enumerable.Range(0, 99).Select(i => (double)(i * 37 % 99))];
        MaskMaker maker = new(9, 11) { Impact = weights };
        int[] kept = maker.Make(MaskKind.Impact, 0.2, 1).Kept;
        Assert.Equal(Enumerable.Range(0, 99).OrderByDescending(i => weights[i]).Take(19).Order(), kept);
        Assert.Equal(kept, maker.Make(MaskKind.Impact, 0.2, 2).Kept);
    }

    [Fact]
    public void StructureKeepsWhatMostWindowsCover()
    {
        // 3×3 windows with stride 2 over 7×7: odd lines lie in one window per axis, inner even ones in two.
        double[] coverage = [.. Enumerable.Range(0, 49).Select(s => Lines(s / 7) * Lines(s % 7))];
        int[] kept = new MaskMaker(7, 7) { Coverage = coverage }.Make(MaskKind.Structure, 12.5 / 49, 1).Kept;
        int[] fours = [.. Enumerable.Range(0, 49).Where(s => coverage[s] == 4)];
        Assert.Equal(4, fours.Length);
        Assert.Superset(fours.ToHashSet(), kept.ToHashSet());
        Assert.All(kept, k => Assert.True(coverage[k] >= 2));

        static double Lines(int y) => y is 2 or 4 ? 2 : 1;
    }

    [Fact]
    public void StructureIsUniformWhereWindowsDoNotOverlap()
    {
        MaskMaker maker = new(8, 8) { Coverage = [.. Enumerable.Repeat(1.0, 64)] };
        for (int seed = 0; seed < 10; seed++)
        {
            Assert.Equal(maker.Make(MaskKind.Uniform, 0.4, seed).Kept, maker.Make(MaskKind.Structure, 0.4, seed).Kept);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-0.1)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void SharesBeyondTheirRangeAreRefused(double share)
        => Assert.Throws<ArgumentOutOfRangeException>(() => new MaskMaker(4, 4).Make(MaskKind.Uniform, share, 1));

    [Fact]
    public void KindsNeedTheirWeights()
    {
        MaskMaker bare = new(4, 4);
        Assert.Equal([true, true, false, false, false], MaskKinds.Automatic.Select(bare.Supports));
        Assert.Throws<ArgumentException>(() => bare.Make(MaskKind.Fisher, 0.5, 1));
    }

    [Fact]
    public void AMaskWithinAnotherKeepsItsHeaviestSites()
    {
        MaskMaker maker = new(4, 5);
        int[] within = [1, 2, 5, 6, 7, 11, 13, 18];
        double[] weights = [.. Enumerable.Range(0, 20).Select(s => (s % 7 / 10.0) + (s / 1000.0))];

        // Weights rise from 0 to 0.6 and start again every seven sites; 12 and 19 are not allowed.
        Assert.Equal([5, 6, 13, 18], maker.MakeWithin(within, weights, 0.2, 1).Kept);

        // Sites that weigh nothing are still taken before any that was dropped.
        Assert.Subset(within.ToHashSet(), maker.MakeWithin(within, new double[20], 0.3, 1).Kept.ToHashSet());
        Assert.Equal(6, maker.MakeWithin(within, new double[20], 0.3, 1).Kept.Length);
        Assert.Equal(within, maker.MakeWithin(within, weights, 0.9, 1).Kept);
    }
}
