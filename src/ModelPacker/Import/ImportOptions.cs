using ModelPacker.Graphs;

namespace ModelPacker.Import;

/// <summary>What the importer has to be told beside the model.</summary>
public sealed record ImportOptions
{
    /// <summary>Extents of graph inputs by name; they replace those of the model (same rank).</summary>
    public IReadOnlyDictionary<string, int[]> InputShapes { get; init; } = new Dictionary<string, int[]>();

    /// <summary>Height of image inputs [N, C, H, W] whose model leaves it open.</summary>
    public int? DefaultHeight { get; init; }

    /// <summary>Width of image inputs [N, C, H, W] whose model leaves it open.</summary>
    public int? DefaultWidth { get; init; }

    /// <summary>Graph inputs that are treated as constants, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> BoundInputs { get; init; } = new Dictionary<string, Tensor>();
}
