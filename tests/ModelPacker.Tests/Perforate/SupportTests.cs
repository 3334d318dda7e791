using ModelPacker.Perforate;

namespace ModelPacker.Tests.Perforate;

public class SupportTests
{
    public static TheoryData<int, int, double> Grids() => new()
    {
        { 1, 1, 1 }, { 1, 9, 0.3 }, { 11, 1, 0.2 }, { 7, 7, 0.02 }, { 8, 8, 0.5 }, { 5, 13, 0.25 }, { 16, 6, 0.1 }, { 12, 12, 0.9 }, { 20, 3, 0.04 },
    };

    [Theory]
    [MemberData(nameof(Grids))]
    public void EverySiteTakesAnEuclideanNearestKeptOne(int height, int width, double share)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            int[] kept = Kept(height * width, share, seed);
            Support support = Support.OfMask(height, width, kept, new Random(seed));
            Assert.Equal(kept, support.Kept);
            for (int site = 0; site < height * width; site++)
            {
                int least = kept.Min(k => Distance(site, k, width));
                Assert.Equal(least, Distance(site, kept[support.Nearest[site]], width));
            }
        }
    }

    [Fact]
    public void TiesAreDrawnFromTheSeed()
    {
        // Only the corners are kept: the middle row and column have ties, the centre one of four.
        int[] kept = [0, 8, 72, 80];
        int[] first = Support.OfMask(9, 9, kept, new Random(5)).Nearest;
        Assert.Equal(first, Support.OfMask(9, 9, kept, new Random(5)).Nearest);
        int[][] draws = [.. Enumerable.Range(0, 200).Select(s => Support.OfMask(9, 9, kept, new Random(s)).Nearest)];
        int[] centre = [.. draws.Select(d => d[40])];
        for (int corner = 0; corner < 4; corner++)
        {
            // 50 expected; 5 standard deviations are 31.
            Assert.InRange(centre.Count(c => c == corner), 20, 80);
        }

        int[] unique = [.. Enumerable.Range(0, 81).Where(s => s / 9 != 4 && s % 9 != 4)];
        Assert.All(draws, d => Assert.Equal(unique.Select(s => first[s]), unique.Select(s => d[s])));
    }

    [Fact]
    public void RateCountsSkippedSites()
    {
        Support support = Support.OfMask(4, 5, [3, 7, 11, 12, 19], new Random(1));
        Assert.Equal(20, support.Sites);
        Assert.Equal(0.75, support.Rate, 12);
        Assert.False(support.IsFull);
        Assert.True(Support.OfMask(2, 3, [0, 1, 2, 3, 4, 5], new Random(1)).IsFull);
    }

    [Fact]
    public void AMaskThatKeepsNothingIsRefused()
        => Assert.Throws<ArgumentOutOfRangeException>(() => Support.OfMask(3, 3, [], new Random(1)));

    private static int[] Kept(int sites, double share, int seed)
    {
        int[] all = [.. Enumerable.Range(0, sites)];
        new Random(seed + 1000).Shuffle(all);
        return [.. all.Take(Math.Max(1, (int)(share * sites))).Order()];
    }

    private static int Distance(int a, int b, int width)
    {
        int dy = (a / width) - (b / width);
        int dx = (a % width) - (b % width);
        return (dy * dy) + (dx * dx);
    }

    [Theory]
    [InlineData(1, 7, 2)]
    [InlineData(6, 9, 1)]
    [InlineData(6, 9, 20)]
    [InlineData(13, 8, 30)]
    public void TiesAreEnoughToKnowWhatStandsForWhat(int height, int width, int count)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            Random random = new(seed);
            int[] sites = [.. Enumerable.Range(0, height * width)];
            random.Shuffle(sites);
            int[] kept = [.. sites.Take(count).Order()];
            Support support = Support.OfMask(height, width, kept, random);
            byte[] ties = support.Ties(height, width);
            Assert.Equal(support.Nearest, Support.OfTies(height, width, kept, ties).Nearest);
            Assert.Throws<InvalidDataException>(() => Support.OfTies(height, width, kept, [.. ties, 0]));
            if (ties.Length > 0)
            {
                Assert.Throws<InvalidDataException>(() => Support.OfTies(height, width, kept, ties[1..]));
                ties[0] = 200;
                Assert.Throws<InvalidDataException>(() => Support.OfTies(height, width, kept, ties));
            }
        }
    }
}
