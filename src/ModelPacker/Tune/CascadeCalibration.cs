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

    /// <summary>Mean cost and share of right answers on other pictures.</summary>
    /// <param name="answers">Answers of the points to them.</param>
    /// <param name="costs">Cost of each point.</param>
    public (double Cost, double Accuracy) On(PointAnswers answers, double[] costs)
    {
        ArgumentNullException.ThrowIfNull(answers);
        CascadeCalibrator.Trial trial = CascadeCalibrator.Run(costs, answers.Margins, answers.Right, Array.ConvertAll(Stages, s => s.Point), [.. Stages.SkipLast(1).Select(s => s.Margin)]);
        return (trial.Cost, (double)trial.Right.Count(r => r) / trial.Right.Length);
    }

    /// <summary>Takes the figures of a cascade away.</summary>
    public static void Clear(IReadOnlyList<OperatingPoint> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        foreach (OperatingPoint point in points)
        {
            foreach (string name in (string[])[Cascade.MarginFigure, Cascade.RepeatFigure, Cascade.QualityFigure])
            {
                point.Figures.Remove(name);
            }
        }
    }

    /// <summary>Writes the figures that <see cref="Cascade.FromBundle"/> reads, and takes away those of another cascade.</summary>
    /// <param name="points">The points whose costs and answers were calibrated, in that order.</param>
    public void Apply(IReadOnlyList<OperatingPoint> points)
    {
        Clear(points);
        foreach (CascadeStageChoice stage in Stages)
        {
            SortedDictionary<string, double> figures = points[stage.Point].Figures;
            figures[Cascade.MarginFigure] = stage.Margin;
            figures[Cascade.RepeatFigure] = stage.RepeatShare;
            figures[Cascade.QualityFigure] = 100 * stage.Accuracy;
        }
    }
}
