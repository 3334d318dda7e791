using EdgeRuntime.Bundles;
using EdgeRuntime.Governing;

namespace ModelPacker.Tune;

/// <summary>Thresholds of a cascade and what it is expected to do.</summary>
/// <param name="Stages">Stages, the cheapest first.</param>
/// <param name="Cost">Mean cost of a picture, in the unit of the points' costs.</param>
/// <param name="Accuracy">Share of right answers.</param>
/// <param name="SinglePoint">The cheapest single point that is as good.</param>
/// <param name="SingleCost">Its cost.</param>
public sealed record CascadeCalibration(CascadeStageChoice[] Stages, double Cost, double Accuracy, int SinglePoint, double SingleCost)
{
    /// <summary>How many times cheaper the cascade is than the cheapest single point that is as good.</summary>
    public double Gain => SingleCost / Cost;

    /// <summary>Writes the figures that <see cref="Cascade.FromBundle"/> reads, and takes away those of another cascade.</summary>
    /// <param name="points">The points whose costs and answers were calibrated, in that order.</param>
    public void Apply(IReadOnlyList<OperatingPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        foreach (OperatingPoint point in points)
        {
            foreach (string name in (string[])[Cascade.MarginFigure, Cascade.RepeatFigure, Cascade.QualityFigure])
            {
                point.Figures.Remove(name);
            }
        }

        foreach (CascadeStageChoice stage in Stages)
        {
            SortedDictionary<string, double> figures = points[stage.Point].Figures;
            figures[Cascade.MarginFigure] = stage.Margin;
            figures[Cascade.RepeatFigure] = stage.RepeatShare;
            figures[Cascade.QualityFigure] = 100 * stage.Accuracy;
        }
    }
}
