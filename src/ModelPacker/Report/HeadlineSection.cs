using System.Xml.Linq;
using static ModelPacker.Report.Markup;

namespace ModelPacker.Report;

/// <summary>The head of the report: the network, a tile per operating point, and the table of their figures.</summary>
internal static class HeadlineSection
{
    private const int MostTiles = 6;

    public static IEnumerable<XElement> Of(ReportData data)
    {
        PointSummary dense = data.Points[0];
        yield return Element("header", null,
            Element("h1", null, data.Name),
            Element("p", "sub", $"{data.Precision} · {Units.Count(dense.Macs)} multiplications · {dense.Layers.Count} steps · bundle of {Units.Bytes(data.FileBytes)}, made by {data.Producer}"),
            data.Points.Count > 1 ? Element("p", "lead", Lead(data)) : null);
        if (data.Points.Count > 1)
        {
            yield return Element("div", "tiles", data.Points.Take(MostTiles).Select(p => Tile(dense, p)));
        }

        yield return Element("section", null,
            Element("h2", null, "Operating points"),
            Note(dense),
            Element("div", "scroll", Table(data)));
    }

    private static string Lead(ReportData data)
    {
        PointSummary dense = data.Points[0];
        PointSummary fast = data.Points.Skip(1).MinBy(p => p.Macs)!;
        string quality = fast.Top1 is { } top1 && dense.Top1 is { } best
            ? top1 < best ? $" and loses {Numbers.Fixed(best - top1, 1)} points of top-1" : " and loses no top-1"
            : fast.Loss is { } loss && dense.Loss is { } start ? $"; its loss is {Numbers.Fixed(loss, 3)}, dense {Numbers.Fixed(start, 3)}" : "";
        return $"The point {fast.Name} does {Numbers.Share(1 - (fast.Macs / dense.Macs))} fewer multiplications than the dense network{quality}. All points share one set of weights.";
    }

    private static XElement Tile(PointSummary dense, PointSummary point)
    {
        bool isDense = ReferenceEquals(point, dense);
        (string big, string unit) = point.Top1 is { } top1 ? (Numbers.Fixed(top1, 1), "% top-1")
            : point.Loss is { } loss ? (Numbers.Fixed(loss, 3), "loss") : (Units.Count(point.Macs), "multiplications");
        string change = isDense ? "" : point.Top1 is { } own && dense.Top1 is { } best ? $"{Numbers.Signed(own - best, 1)} points · "
            : point.Loss is { } mine && dense.Loss is { } start ? $"{Numbers.Signed(mine - start, 3)} · " : "";
        string speed = isDense ? point.PredictedMs is { } ms ? Numbers.Milliseconds(ms) : Units.Count(point.Macs) + " multiplications"
            : $"{Numbers.Fixed(point.SpeedUp ?? (dense.Macs / point.Macs), 2)}× as fast";
        return Element("div", "tile", Element("div", "label", point.Name), Element("div", "big", big, Element("small", null, unit)), Element("div", "note", change + speed + (point.Input is { } size ? $" · {size.Width}×{size.Height} pixels" : "")));
    }

    private static XElement Note(PointSummary dense)
    {
        if (dense.N is not { } n)
        {
            return Element("p", null, "No accuracy was recorded. ", Element("code", null, "modelpacker tune"), " measures it, ", Element("code", null, "modelpacker eval"), " too.");
        }

        string error = dense.Top1 is { } top1
            ? $" One standard error of top-1 is {Numbers.Fixed(100 * Math.Sqrt(top1 / 100 * (1 - (top1 / 100)) / n), 1)} points; differences between points, measured on the same pictures, are surer than that."
            : "";
        return Element("p", null, $"Loss and top-1 are of {n} pictures that the search did not see.{error}");
    }

    private static XElement Table(ReportData data)
    {
        PointSummary dense = data.Points[0];
        bool resized = data.Points.Any(p => p.Input is not null);
        bool timed = data.Points.Any(p => p.PredictedMs is not null);
        return Element("table", null,
            Element("tr", null, Element("th", null, "point"), resized ? Element("th", null, "picture") : null, Wide("top-1"), Wide("loss"), Wide("multiplications"), Number("speed-up"),
                timed ? Number("predicted") : null, Number("peak memory")),
            data.Points.Select((p, i) => Element("tr", null,
                Element("td", "name", p.Name),
                resized ? Element("td", null, p.Input is { } size ? $"{size.Width}×{size.Height}" : "full") : null,
                Element("td", "num", Numbers.Fixed(p.Top1, 2, " %"), Delta(i, p.Top1 - dense.Top1, 2)),
                Element("td", "num", Numbers.Fixed(p.Loss, 4), Delta(i, p.Loss - dense.Loss, 4)),
                Element("td", "num", Units.Count(p.Macs), Element("span", "delta", Numbers.Share(p.Macs / dense.Macs))),
                Element("td", "num", Numbers.Fixed(p.SpeedUp ?? (i == 0 ? 1 : null), 2, "×")),
                timed ? Element("td", "num", Numbers.Milliseconds(p.PredictedMs)) : null,
                Element("td", "num", Units.Bytes(p.PeakBytes)))));
    }

    // Stands over the value, not over its difference.
    private static XElement Wide(string title) => Element("th", "num", title, Element("span", "delta", ""));

    private static XElement Number(string title) => Element("th", "num", title);

    private static XElement Delta(int point, double? change, int digits)
        => Element("span", "delta", point > 0 && change is { } value ? Numbers.Signed(value, digits) : "");
}
