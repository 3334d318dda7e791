using System.Xml.Linq;
using static ModelPacker.Report.Markup;

namespace ModelPacker.Report;

/// <summary>Predicted times.</summary>
internal static class BoardSection
{
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
