using System.Xml.Linq;
using static ModelPacker.Report.Markup;

namespace ModelPacker.Report;

/// <summary>Predicted times and energies.</summary>
internal static class BoardSection
{
    /// <summary>All boards whose cost model is known.</summary>
    public static XElement? Boards(ReportData data)
    {
        if (data.Boards.Count == 0)
        {
            return null;
        }

        return Element("section", null,
            Element("h2", null, "Boards"),
            Element("p", null, "One inference on one thread, by models of the boards' processors: right to a factor of about 1.5, better in comparisons. ",
                "Energy is that of the whole board while it computes, where its power was measured. Measure with ", Element("code", null, "edgert bench … --point all --energy"), "."),
            Element("div", "scroll", Element("table", null,
                Element("tr", null, Element("th", null, "board"), data.Points.Select(p => Element("th", null, p.Name))),
                data.Boards.Select(b => Element("tr", null, Element("td", "name", b.Board),
                    b.Milliseconds.Select((ms, i) => Element("td", null, Legend.Bar(ms / b.Milliseconds.Max(), "", Element("span", "value wide", Numbers.Milliseconds(ms)),
                        b.Millijoules(i) is { } mj ? Element("span", "soft", Numbers.Fixed(mj, mj < 10 ? 1 : 0, " mJ")) : null))))))));
    }

    /// <summary>The machine that the search made points for.</summary>
    public static XElement? Of(ReportData data)
    {
        PointSummary[] points = [.. data.Points.Where(p => p.PredictedMs is > 0)];
        if (points.Length == 0)
        {
            return null;
        }

        double slowest = points.Max(p => p.PredictedMs!.Value);
        return Element("section", null,
            Element("h2", null, "Predicted time"),
            Element("p", null, "Time of one inference on the machine whose timings the search used, added up over the layers. Measure it with ",
                Element("code", null, "edgert bench … --point NAME"), "."),
            Element("div", "scroll", Element("table", null,
                Element("tr", null, Element("th", null, "point"), Element("th", null, "time"), Element("th", "num", "pictures per second")),
                points.Select(p => Element("tr", null, Element("td", "name", p.Name),
                    Element("td", null, Legend.Bar(p.PredictedMs!.Value / slowest, "", Element("span", "value wide", Numbers.Milliseconds(p.PredictedMs)))),
                    Element("td", "num", Numbers.Fixed(1000 / p.PredictedMs, 1)))))));
    }
}
