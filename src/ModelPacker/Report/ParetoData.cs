namespace ModelPacker.Report;

/// <summary>What the Pareto plot shows: speed-up against change of quality.</summary>
/// <remarks>The search and the operating points are measured on different pictures, so each is compared with the dense network on its own, and what was measured before a training with the
/// dense network of then.</remarks>
/// <param name="ByTop1">Quality is top-1, else loss.</param>
/// <param name="Unit">What the speed-up counts: <c>mac</c> or <c>ms</c>.</param>
/// <param name="Search">Networks that the search went through.</param>
/// <param name="Points">Operating points, the dense one included.</param>
/// <param name="Baselines">Other ways.</param>
public sealed record ParetoData(bool ByTop1, string Unit, IReadOnlyList<ParetoMark> Search, IReadOnlyList<ParetoMark> Points, IReadOnlyList<ParetoMark> Baselines)
{
    /// <summary>Takes what a bundle holds.</summary>
    /// <returns>The data, or null where fewer than two networks were measured.</returns>
    public static ParetoData? Of(IReadOnlyList<PointSummary> points, SearchTrace? search)
    {
        PointSummary dense = points[0];
        bool byTop1 = dense.Top1 is not null;

        // Speed-ups count from the network as it was given; a decomposed one starts further right.
        double origin = dense.SpeedUp ?? 1;
        double? Quality(double? loss, double? top1) => byTop1 ? top1 : -loss;
        if (Quality(dense.Loss, dense.Top1) is not { } start)
        {
            return null;
        }

        List<ParetoMark> marks = [];
        foreach (PointSummary point in points)
        {
            if (Quality(point.Loss, point.Top1) is { } quality)
            {
                marks.Add(new ParetoMark(point.Name, "point", point.SpeedUp ?? (origin * dense.Macs / point.Macs), quality - start));
            }
        }

        List<ParetoMark> path = [];
        List<ParetoMark> others = [];
        if (search is { Path: [SearchState first, ..] } && Quality(first.Loss, first.Top1) is { } beginning)
        {
            path.AddRange(search.Path.Where(s => Quality(s.Loss, s.Top1) is not null && s.Cost > 0)
                .Select(s => new ParetoMark("", "search", origin * first.Cost / s.Cost, Quality(s.Loss, s.Top1)!.Value - beginning)));
        }

        double reference = search?.BeforeTraining is { } before ? Quality(before.Loss, before.Top1) ?? start : start;
        foreach (BaselineFigures baseline in search?.Baselines ?? [])
        {
            if (search!.SpeedUp(baseline, dense.Macs) is { } speedUp && Quality(baseline.Loss, baseline.Top1) is { } quality)
            {
                others.Add(new ParetoMark(baseline.Name, baseline.Kind, origin * speedUp, quality - reference, baseline.Corrected));
            }
        }

        return marks.Count + path.Count + others.Count < 2 ? null : new ParetoData(byTop1, search?.Unit ?? "mac", path, marks, others);
    }

    /// <summary>Those that no other one beats: none is as fast and better, or faster and as good. By rising speed-up.</summary>
    public static List<ParetoMark> Front(IEnumerable<ParetoMark> marks)
    {
        List<ParetoMark> front = [];
        double best = double.NegativeInfinity;
        foreach (ParetoMark mark in marks.OrderByDescending(m => m.SpeedUp).ThenByDescending(m => m.Change))
        {
            if (mark.Change > best)
            {
                best = mark.Change;
                front.Add(mark);
            }
        }

        front.Reverse();
        return front;
    }
}
