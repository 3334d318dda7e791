namespace ModelPacker.LowRank;

/// <summary>A layer that could be decomposed.</summary>
/// <param name="Energies">Variances of its responses along their principal axes, largest first: one per output channel.</param>
/// <param name="Depth">Products that one of its outputs sums.</param>
/// <param name="Rows">Its output sites.</param>
internal sealed record RankCandidate(double[] Energies, int Depth, int Rows)
{
    // A register tile of the kernels is 8 or 16 channels wide; below 64 outputs steps of 16 are too coarse.
    private const int WideOutputs = 64;

    /// <summary>Output channels.</summary>
    public int Outputs => Energies.Length;

    /// <summary>Ranks are multiples of this.</summary>
    public int Granule => Outputs >= WideOutputs ? 16 : 8;

    /// <summary>Multiplications of the layer at a rank; as it is where the rank is its number of outputs.</summary>
    public double Macs(int rank) => rank == Outputs ? (double)Rows * Depth * Outputs : (double)Rows * rank * (Depth + Outputs);

    /// <summary>Ranks that save something, rising.</summary>
    public IEnumerable<int> Ranks => Enumerable.Range(1, Outputs / Granule).Select(r => r * Granule).Where(r => r < Outputs && Macs(r) < Macs(Outputs));

    /// <summary>Share of the variance that the first axes hold.</summary>
    public double Kept(int rank)
    {
        double all = Energies.Sum();
        return all > 0 ? Energies.Take(rank).Sum() / all : 1;
    }
}
