using ModelPacker.LowRank;

namespace ModelPacker.Tests.LowRank;

public class RankChooserTests
{
    private const double Others = 5e5;

    [Theory]
    [InlineData(1.2)]
    [InlineData(1.6)]
    [InlineData(2.5)]
    public void ComesNearToTheBestOfAllChoices(double speedUp)
    {
        RankCandidate[] layers = [Layer(64, 576, 100, 0.9), Layer(96, 864, 49, 0.97), Layer(32, 288, 196, 0.8)];
        double wanted = (Others + layers.Sum(l => l.Macs(l.Outputs))) / speedUp;
        int[] ranks = RankChooser.Choose(layers, Others, wanted);
        Assert.True(Others + layers.Select((l, i) => l.Macs(ranks[i])).Sum() <= wanted);

        double best = 0;
        foreach (int a in layers[0].Ranks.Append(64))
        {
            foreach (int b in layers[1].Ranks.Append(96))
            {
                foreach (int c in layers[2].Ranks.Append(32))
                {
                    bool fits = Others + layers[0].Macs(a) + layers[1].Macs(b) + layers[2].Macs(c) <= wanted;
                    best = fits ? Math.Max(best, layers[0].Kept(a) * layers[1].Kept(b) * layers[2].Kept(c)) : best;
                }
            }
        }

        Assert.InRange(ranks.Select((r, i) => layers[i].Kept(r)).Aggregate(1.0, (p, k) => p * k), 0.98 * best, best + 1e-12);
    }

    [Fact]
    public void RanksSuitTheKernelsAndSave()
    {
        RankCandidate wide = Layer(96, 864, 49, 0.97);
        Assert.Equal([16, 32, 48, 64, 80], wide.Ranks);
        Assert.All(wide.Ranks, r => Assert.True(wide.Macs(r) < wide.Macs(96)));

        // 32 outputs of 36 products each: from 17 filters on the second factor costs more than the first one saves.
        Assert.Equal([8, 16], Layer(32, 36, 49, 0.9).Ranks);
        Assert.Empty(Layer(16, 9, 49, 0.9).Ranks);
    }

    [Fact]
    public void NothingIsDoneWhereNothingIsWanted()
        => Assert.Equal([64], RankChooser.Choose([Layer(64, 576, 100, 0.9)], Others, Others + (64 * 576 * 100)));

    [Fact]
    public void WhatIsOutOfReachEndsAtTheLeastRanks()
        => Assert.Equal([16, 8], RankChooser.Choose([Layer(64, 576, 100, 0.9), Layer(32, 288, 196, 0.8)], Others, Others));

    [Fact]
    public void TheLayerWithTheFewestDirectionsGoesFirst()
    {
        RankCandidate[] layers = [Layer(64, 576, 100, 0.99), Layer(64, 576, 100, 0.7)];
        int[] ranks = RankChooser.Choose(layers, 0, 0.8 * 2 * layers[0].Macs(64));
        Assert.Equal(64, ranks[0]);
        Assert.InRange(ranks[1], 16, 48);
    }

    // Every axis has so much of the variance of the one before.
    private static RankCandidate Layer(int outputs, int depth, int rows, double decay) => new([.. Enumerable.Range(0, outputs).Select(i => Math.Pow(decay, i))], depth, rows);
}
