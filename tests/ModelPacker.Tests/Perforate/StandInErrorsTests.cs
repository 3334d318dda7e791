using ModelPacker.Perforate;

namespace ModelPacker.Tests.Perforate;

public class StandInErrorsTests
{
    private const int Height = 5;
    private const int Width = 4;
    private const int Channels = 3;
    private const int Pictures = 6;

    // An answer that is linear in the map: a = Σ gradient·value, so that first order is exact.
    private sealed class LinearAnswer(int seed)
    {
        private readonly float[][] _values = [.. Enumerable.Range(0, Pictures).Select(p => Random(seed + (2 * p)))];
        private readonly float[][] _gradients = [.. Enumerable.Range(0, Pictures).Select(p => Random(seed + (2 * p) + 1))];

        public StandInErrors Errors()
        {
            StandInErrors errors = new(Height, Width, Pictures);
            Parallel.For(0, Pictures, p => errors.Add(p, _values[p], _gradients[p], Channels));
            errors.Complete();
            return errors;
        }

        // Mean over pictures of the squared change of the answer.
        public double Change(Support support)
            => Enumerable.Range(0, Pictures).Average(p => Math.Pow(Enumerable.Range(0, Height * Width).Sum(s => Error(p, s, support.Kept[support.Nearest[s]])), 2));

        public double Error(int picture, int site, int standIn)
            => Enumerable.Range(0, Channels).Sum(c => (double)_gradients[picture][(site * Channels) + c] * (_values[picture][(standIn * Channels) + c] - _values[picture][(site * Channels) + c]));

        private static float[] Random(int seed)
        {
            Random random = new(seed);
            return [.. Enumerable.Range(0, Height * Width * Channels).Select(_ => (2 * random.NextSingle()) - 1)];
        }
    }

    [Fact]
    public void ErrorsAreThoseOfTheAnswer()
    {
        LinearAnswer answer = new(1);
        StandInErrors errors = answer.Errors();
        for (int site = 0; site < Height * Width; site++)
        {
            for (int other = 0; other < Height * Width; other++)
            {
                // Four rows apart is beyond what is measured.
                if (Math.Abs((site / Width) - (other / Width)) <= StandInErrors.Radius)
                {
                    float[] sums = new float[Pictures];
                    double energy = errors.AddBetween(site, other, sums);
                    double[] expected = [.. Enumerable.Range(0, Pictures).Select(p => answer.Error(p, site, other))];
                    Assert.All(expected.Zip(sums), e => Assert.Equal(e.First, e.Second, 1e-5));
                    Assert.Equal(expected.Average(e => e * e), energy, 1e-5);
                    Assert.Equal(energy, errors.Between(site, other), 1e-12);
                }
            }
        }
    }

    [Fact]
    public void FarStandInsCostMore()
    {
        StandInErrors errors = new LinearAnswer(2).Errors();
        int column = 1;
        Assert.Equal(4.0 / 3 * errors.Between(column, (3 * Width) + column), errors.Between(column, (4 * Width) + column), 1e-9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void SwapsComeNearTheBestMaskOfAll(int seed)
    {
        LinearAnswer answer = new(seed);
        StandInErrors errors = answer.Errors();
        double[] all = [.. Subsets(Height * Width, 4).Select(k => Objective(answer, errors, k)).Order()];
        int[] start = [0, 1, 2, 3];
        int[] found = MaskOptimizer.Improve(errors, start, new Random(seed));
        Assert.Equal(4, found.Distinct().Count());
        Assert.Equal(found.Order(), found);

        // Among 4,845 masks one of the best ten.
        Assert.True(Objective(answer, errors, found) <= all[9] + 1e-9, $"{Objective(answer, errors, found)}, best {all[0]}, tenth {all[9]}");
        Assert.Equal(found, MaskOptimizer.Improve(errors, start, new Random(seed)));
    }

    [Fact]
    public void TiesGoToTheStandInThatHarmsLeast()
    {
        StandInErrors errors = new LinearAnswer(5).Errors();
        int middle = (2 * Width) + 1;
        int[] kept = [middle - Width, middle - 1, middle + 1, middle + Width];
        Support support = Support.OfMask(Height, Width, kept, new Random(1), errors.Between);
        Assert.Equal(kept.Min(k => errors.Between(middle, k)), errors.Between(middle, kept[support.Nearest[middle]]));
    }

    [Fact]
    public void MasksKeepTheSitesThatMatter()
    {
        // Only the left half of the map is looked at.
        StandInErrors errors = new(8, 8, 4);
        Random random = new(3);
        for (int p = 0; p < 4; p++)
        {
            float[] values = [.. Enumerable.Range(0, 64).Select(_ => random.NextSingle())];
            float[] gradients = [.. Enumerable.Range(0, 64).Select(s => s % 8 < 4 ? 1 + random.NextSingle() : 0)];
            errors.Add(p, values, gradients, 1);
        }

        errors.Complete();
        MaskMaker maker = new(8, 8) { Errors = errors };
        Assert.False(new MaskMaker(8, 8).Supports(MaskKind.Fisher));
        Assert.True(maker.Supports(MaskKind.Fisher));
        Support support = maker.Make(MaskKind.Fisher, 0.5, 1);
        Assert.Equal(32, support.Kept.Length);

        // One column to the right may stand for the fourth.
        Assert.True(support.Kept.Count(k => k % 8 < 4) >= 30, string.Join(' ', support.Kept));
        Assert.Equal(support.Kept, maker.Make(MaskKind.Fisher, 0.5, 1).Kept);
    }

    // What the optimiser states that it minimises, from the answer itself.
    private static double Objective(LinearAnswer answer, StandInErrors errors, int[] kept)
    {
        Support support = Support.OfMask(Height, Width, kept, new Random(1), errors.Between);

        // Beyond reach a site counts as lost, which no good mask has.
        bool lost = Enumerable.Range(0, Height * Width).Any(s => Math.Abs((support.Kept[support.Nearest[s]] / Width) - (s / Width)) > StandInErrors.Radius);
        double apart = Enumerable.Range(0, Height * Width).Sum(s => Enumerable.Range(0, Pictures).Average(p => Math.Pow(answer.Error(p, s, support.Kept[support.Nearest[s]]), 2)));
        return lost ? double.MaxValue : (0.95 * apart) + (0.05 * answer.Change(support));
    }

    private static IEnumerable<int[]> Subsets(int n, int count, int first = 0)
        => count == 0 ? [[]] : Enumerable.Range(first, n - first).SelectMany(i => Subsets(n, count - 1, i + 1).Select(rest => (int[])[i, .. rest]));
}
