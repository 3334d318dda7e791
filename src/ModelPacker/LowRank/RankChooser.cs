namespace ModelPacker.LowRank;

/// <summary>Chooses how many filters each layer keeps.</summary>
/// <remarks>Zhang, Zou, He and Sun, "Accelerating Very Deep Convolutional Networks for Classification and Detection", TPAMI 2016, section 2.4: the product over the layers of kept energy is to stay as large as
/// possible while multiplications fall to a wanted number; greedily, by the least loss of its logarithm per multiplication saved. A move may lead over several ranks, since the first of them saves little: the factor
/// that spreads filters over the outputs again has to be paid first.</remarks>
internal static class RankChooser
{
    // What is left of a layer's energy enters by its logarithm.
    private const double LeastEnergy = 1e-12;

    /// <summary>Chooses.</summary>
    /// <param name="layers">Layers that may be decomposed.</param>
    /// <param name="others">Multiplications of all other layers.</param>
    /// <param name="wanted">Multiplications that may be left.</param>
    /// <returns>A rank per layer, its number of outputs where it stays as it is. If <paramref name="wanted"/> is out of reach, the least ranks that there are.</returns>
    public static int[] Choose(IReadOnlyList<RankCandidate> layers, double others, double wanted)
    {
        int[] ranks = [.. layers.Select(l => l.Outputs)];
        double total = others + layers.Sum(l => l.Macs(l.Outputs));
        while (total > wanted && Cheapest(layers, ranks) is { } move)
        {
            total -= layers[move.Layer].Macs(ranks[move.Layer]) - layers[move.Layer].Macs(move.Rank);
            ranks[move.Layer] = move.Rank;
        }

        // The last moves may have saved more than was wanted.
        while (total <= wanted && Dearest(layers, ranks, wanted - total) is { } back)
        {
            total += layers[back.Layer].Macs(back.Rank) - layers[back.Layer].Macs(ranks[back.Layer]);
            ranks[back.Layer] = back.Rank;
        }

        return ranks;
    }

    private static (int Layer, int Rank)? Cheapest(IReadOnlyList<RankCandidate> layers, int[] ranks)
    {
        (int Layer, int Rank)? best = null;
        double least = double.PositiveInfinity;
        for (int l = 0; l < ranks.Length; l++)
        {
            foreach (int rank in layers[l].Ranks.Where(r => r < ranks[l]))
            {
                double price = (Energy(layers[l], ranks[l]) - Energy(layers[l], rank)) / (layers[l].Macs(ranks[l]) - layers[l].Macs(rank));
                if (price < least)
                {
                    (best, least) = ((l, rank), price);
                }
            }
        }

        return best;
    }

    private static (int Layer, int Rank)? Dearest(IReadOnlyList<RankCandidate> layers, int[] ranks, double spare)
    {
        (int Layer, int Rank)? best = null;
        double most = 0;
        for (int l = 0; l < ranks.Length; l++)
        {
            foreach (int rank in layers[l].Ranks.Append(layers[l].Outputs).Where(r => r > ranks[l] && layers[l].Macs(r) - layers[l].Macs(ranks[l]) <= spare))
            {
                double gain = Energy(layers[l], rank) - Energy(layers[l], ranks[l]);
                if (gain > most)
                {
                    (best, most) = ((l, rank), gain);
                }
            }
        }

        return best;
    }

    private static double Energy(RankCandidate layer, int rank) => Math.Log(Math.Max(layer.Kept(rank), LeastEnergy));
}
