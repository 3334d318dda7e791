using EdgeRuntime.Images;

namespace ModelPacker.Report;

/// <summary>All that a report shows.</summary>
public sealed record ReportData
{
    /// <summary>Name of the network.</summary>
    public required string Name { get; init; }

    /// <summary>Program that wrote the bundle.</summary>
    public required string Producer { get; init; }

    /// <summary>"int8", "fp32" or "mixed".</summary>
    public required string Precision { get; init; }

    /// <summary>Bytes of the bundle file.</summary>
    public required long FileBytes { get; init; }

    /// <summary>Operating points; the first is dense.</summary>
    public required IReadOnlyList<PointSummary> Points { get; init; }

    /// <summary>The search that made the points, or null.</summary>
    public SearchTrace? Search { get; init; }

    /// <summary>Accuracy per class, or empty.</summary>
    public IReadOnlyList<ClassAccuracy> Classes { get; init; } = [];

    /// <summary>What boards are expected to need, or empty.</summary>
    public IReadOnlyList<BoardPrediction> Boards { get; init; } = [];

    /// <summary>Picture that masks are drawn over.</summary>
    public required Picture Sample { get; init; }
}
