using ModelPacker.Perforate;

namespace ModelPacker.Tune;

/// <summary>What the search minimises the loss against.</summary>
public enum TuneObjective
{
    /// <summary>Predicted time.</summary>
    Time,

    /// <summary>Multiply-accumulates.</summary>
    Macs,

    /// <summary>Predicted energy of a board.</summary>
    Energy,
}

/// <summary>What the search holds against a change.</summary>
public enum SearchLoss
{
    /// <summary>Divergence from the dense network's answers.</summary>
    Divergence,

    /// <summary>Log-loss of the labels.</summary>
    Labels,
}

/// <summary>What <c>modelpacker tune</c> is asked to do.</summary>
public sealed record TuneOptions
{
    /// <summary>Speed-ups to make an operating point for, rising. They count from the network as it was given, before low rank.</summary>
    public IReadOnlyList<double> SpeedUps { get; init; } = [];

    /// <summary>Multiplications of the network as it was given over those of the dense point, which has low rank; 1 where nothing was decomposed.</summary>
    public double LowRankSpeedUp { get; init; } = 1;

    /// <summary>Make a point that loses at most so many points of top-1; null: none.</summary>
    public double? MaxLoss { get; init; }

    /// <summary>Kinds of mask to try.</summary>
    public IReadOnlyList<MaskKind> Kinds { get; init; } = MaskKinds.Automatic;

    /// <summary>Random draws of each kind.</summary>
    public int Draws { get; init; } = 2;

    /// <summary>Objective.</summary>
    public TuneObjective Objective { get; init; }

    /// <summary>What steers the search.</summary>
    public SearchLoss Loss { get; init; }

    /// <summary>Timings of a board, or null: those of this machine.</summary>
    public string? Timings { get; init; }

    /// <summary>Name of a board, or null: this machine, or what <see cref="Timings"/> says.</summary>
    public string? Board { get; init; }

    /// <summary>Whether constants are re-fitted per point.</summary>
    public bool Correct { get; init; } = true;

    /// <summary>Seed of masks and draws.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Go on with an interrupted search.</summary>
    public bool Resume { get; init; }

    /// <summary>File of the search's log, or null: memory only.</summary>
    public string? Log { get; init; }

    /// <summary>Whether points may take a smaller picture (<see cref="ResizedNetwork"/>), with masks on top.</summary>
    public bool SmallerInput { get; init; }

    /// <summary>Widths of the pictures to try, in pixels; heights in proportion. The full one is tried only if it is among them. Empty: the full one and those that suit the network (<see cref="InputLadder"/>).</summary>
    public IReadOnlyList<int> SmallerWidths { get; init; } = [];

    /// <summary>Batches that the best network of each way is trained for before a point is chosen among them; 0: they are judged as they are.</summary>
    public int Trial { get; init; }

    /// <summary>Whether the simpler ways are measured too.</summary>
    public bool Baselines { get; init; }

    /// <summary>Threads.</summary>
    public int Threads { get; init; } = Math.Min(4, Environment.ProcessorCount);
}
