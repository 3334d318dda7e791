using EdgeRuntime.Bundles;

namespace ModelPacker.Report;

/// <summary>One operating point of a bundle, and what was recorded of it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Macs">Multiply-accumulates of one inference.</param>
/// <param name="PeakBytes">Most memory in use.</param>
/// <param name="Figures">Recorded figures by name.</param>
/// <param name="Layers">Its steps, in order.</param>
public sealed record PointSummary(string Name, double Macs, double PeakBytes, IReadOnlyDictionary<string, double> Figures, IReadOnlyList<LayerSummary> Layers)
{
    /// <summary>Size of the picture that it takes, or null: that of the dense point.</summary>
    public InputSize? Input { get; init; }

    /// <summary>Mean loss on held-back pictures, or null.</summary>
    public double? Loss => Figure("loss");

    /// <summary>Top-1 on held-back pictures in per cent, or null.</summary>
    public double? Top1 => Figure("top1");

    /// <summary>Number of held-back pictures, or null.</summary>
    public int? N => (int?)Figure("n");

    /// <summary>Predicted cost of the dense point over that of this one, or null.</summary>
    public double? SpeedUp => Figure("speedup");

    /// <summary>Predicted time of an inference in ms, or null.</summary>
    public double? PredictedMs => Figure("predicted_ms");

    /// <summary>Steps with a mask of their own.</summary>
    public IEnumerable<LayerSummary> Perforated => Layers.Where(l => l.Mask is not null);

    private double? Figure(string name) => Figures.TryGetValue(name, out double value) && double.IsFinite(value) ? value : null;
}
