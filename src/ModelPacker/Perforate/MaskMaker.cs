namespace ModelPacker.Perforate;

/// <summary>Makes the masks of one layer. The same seed gives the same masks. Several threads may make some at once.</summary>
/// <param name="height">Rows of the layer's output grid.</param>
/// <param name="width">Columns.</param>
public sealed class MaskMaker(int height, int width)
{
    // What separates sites of equal weight; smaller than any difference between coverages.
    private const double TieBreak = 1e-5;

    /// <summary>Kept sites are a multiple of this where there are many, so that no register tile of a kernel runs partly empty: 6, 8 and 4 rows divide it.</summary>
    private const int Tile = 24;

    private readonly Lock _gate = new();
    private double[]? _removal;

    /// <summary>Windows of the next pooling layer that cover each site; null where there is none.</summary>
    public double[]? Coverage { get; init; }

    /// <summary>Weight of each site for <see cref="MaskKind.Impact"/>; null where none is known.</summary>
    public double[]? Impact { get; init; }

    /// <summary>What stand-ins do to the answer, for <see cref="MaskKind.Fisher"/>; null where it is not known.</summary>
    public StandInErrors? Errors { get; init; }

    /// <summary>Whether <see cref="Make"/> can make a kind here; <see cref="MaskKind.IterativeImpact"/> is made by <see cref="MakeWithin"/>.</summary>
    public bool Supports(MaskKind kind) => kind switch
    {
        MaskKind.Structure => Coverage is not null,
        MaskKind.Impact => Impact is not null,
        MaskKind.Fisher => Errors is not null,
        MaskKind.IterativeImpact => false,
        _ => true,
    };

    /// <summary>Makes a mask.</summary>
    /// <param name="kind">Kind.</param>
    /// <param name="share">Share of the sites to keep, in (0, 1].</param>
    /// <param name="seed">Seed of everything that is drawn.</param>
    /// <returns>Its support. A grid keeps ⌊√share·height⌋ × ⌊√share·width⌋ sites, the others ⌊share·height·width⌋, rounded down to whole tiles.</returns>
    public Support Make(MaskKind kind, double share, int seed)
    {
        if (!(share > 0 && share <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "The kept share lies in (0, 1].");
        }

        if (!Supports(kind))
        {
            throw new ArgumentException($"What masks of kind '{kind}' are made from is not known here.", nameof(kind));
        }

        Random random = new(seed);
        int[] kept = kind switch
        {
            MaskKind.Uniform => Heaviest(share, random, _ => 0),
            MaskKind.Grid => Grid(share, random),
            MaskKind.Structure => Heaviest(share, random, s => Coverage![s]),
            MaskKind.Impact => Heaviest(share, random, s => Impact![s] / TieBreak),
            MaskKind.Fisher => MaskOptimizer.Improve(Errors!, Heaviest(share, random, s => Removal[s] / TieBreak), random),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        return Support.OfMask(height, width, kept, random, kind == MaskKind.Fisher ? Errors!.Between : null);
    }

    /// <summary>Makes a mask of the heaviest sites out of those that another one keeps.</summary>
    /// <param name="within">Sites to choose from, rising.</param>
    /// <param name="weights">[sites] weights, none below 0.</param>
    /// <param name="share">Share of all sites to keep, in (0, 1].</param>
    /// <param name="seed">Seed of ties.</param>
    /// <returns>Its support: as many sites as <see cref="Make"/> would keep, or all of <paramref name="within"/> where those are fewer.</returns>
    public Support MakeWithin(IReadOnlyList<int> within, IReadOnlyList<double> weights, double share, int seed)
    {
        Random random = new(seed);
        HashSet<int> allowed = [.. within];
        int[] kept = [.. Heaviest(share, random, s => allowed.Contains(s) ? weights[s] / TieBreak : -1).Where(allowed.Contains)];
        return Support.OfMask(height, width, kept, random);
    }

    private double[] Removal
    {
        get
        {
            lock (_gate)
            {
                return _removal ??= SiteRemoval.Weights(height, width, Errors!.Between);
            }
        }
    }

    private int[] Heaviest(double share, Random random, Func<int, double> weight)
    {
        int sites = height * width;
        int count = Math.Max(1, (int)(share * sites));
        if (count < sites && count >= 2 * Tile)
        {
            count -= count % Tile;
        }

        double[] order = new double[sites];
        for (int s = 0; s < sites; s++)
        {
            order[s] = -(weight(s) + (TieBreak * random.NextDouble()));
        }

        int[] all = [.. Enumerable.Range(0, sites)];
        Array.Sort(order, all);
        int[] kept = all[..count];
        Array.Sort(kept);
        return kept;
    }

    private int[] Grid(double share, Random random)
    {
        int[] rows = Lines(height, share, random);
        int[] columns = Lines(width, share, random);
        return [.. rows.SelectMany(y => columns.Select(x => (y * width) + x))];
    }

    // ⌈(extent / K)(i + u)⌉, counted from 1.
    private static int[] Lines(int extent, double share, Random random)
    {
        int count = Math.Max(1, (int)Math.Floor(Math.Sqrt(share) * extent));
        double u = 1 - random.NextDouble();
        return [.. Enumerable.Range(0, count).Select(i => Math.Clamp((int)Math.Ceiling((double)extent / count * (i + u)) - 1, 0, extent - 1))];
    }
}
