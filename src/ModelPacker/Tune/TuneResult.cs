using EdgeRuntime.Bundles;

namespace ModelPacker.Tune;

/// <summary>What the search found.</summary>
/// <param name="Bundle">The bundle with all points.</param>
/// <param name="Dense">Quality of the dense point on the held-back pictures.</param>
/// <param name="Points">The points made.</param>
/// <param name="Labelled">Whether losses are against labels.</param>
public sealed record TuneResult(Bundle Bundle, PointQuality Dense, IReadOnlyList<TunedPoint> Points, bool Labelled)
{
    /// <summary>The simpler ways, if they were asked for.</summary>
    public IReadOnlyList<Baseline> Baselines { get; init; } = [];

    /// <summary>Those that this network does not have.</summary>
    public IReadOnlyList<MissingBaseline> MissingBaselines { get; init; } = [];

    /// <summary>What points were chosen from after a trial, if there was one.</summary>
    public IReadOnlyList<TriedPoint> Tried { get; init; } = [];
}
