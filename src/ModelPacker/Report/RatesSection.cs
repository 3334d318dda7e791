using System.Xml.Linq;
using static ModelPacker.Report.Markup;

namespace ModelPacker.Report;

/// <summary>Perforation rates: layers × operating points.</summary>
internal static class RatesSection
{
    public static XElement? Of(ReportData data)
    {
        PointSummary dense = data.Points[0];
        int[] points = [.. Enumerable.Range(1, data.Points.Count - 1).Where(p => data.Points[p].Perforated.Any())];
        if (points.Length == 0)
        {
            return null;
        }

        int[] layers = [.. Enumerable.Range(0, dense.Layers.Count).Where(l => dense.Layers[l].Macs > 0)];
        string[] kinds = [.. points.SelectMany(p => data.Points[p].Perforated).Select(l => l.Mask!.Kind).Distinct().Order(StringComparer.Ordinal)];
        bool inherits = points.Any(p => layers.Any(l => data.Points[p].Layers[l] is { Mask: null, Rate: > 0 }));
        return Element("section", null,
            Element("h2", null, "Rates by layer"),
            Element("p", null, "Share of its sites that a layer skips. A layer without a mask of its own may still skip some: it computes no more rows than it is fed"
                + (points.Any(p => data.Points[p].Input is not null) ? ", and fewer of a smaller picture." : ".")),
            Legend.OfBars([.. kinds.Select(k => (PlotMarks.Style(k), k + " mask")), .. inherits ? [("inherit", "inherited")] : Array.Empty<(string, string)>()]),
            Element("div", "scroll", Element("table", null,
                Element("tr", null, Element("th", null, "layer"), Element("th", "num", "share of work"), points.Select(p => Element("th", null, data.Points[p].Name))),
                layers.Select(l => Element("tr", null,
                    Element("td", "name", Attribute("title", dense.Layers[l].Name), dense.Layers[l].Name),
                    Element("td", "num soft", Numbers.Fixed(100 * dense.Layers[l].Macs / dense.Macs, 1, " %")),
                    points.Select(p => Cell(data.Points[p].Layers[l])))))));
    }

    private static XElement Cell(LayerSummary layer)
    {
        string style = layer.Mask is { } mask ? PlotMarks.Style(mask.Kind) : "inherit";
        string title = $"{layer.Rows} of {layer.Sites} rows{(layer.Mask is { } m ? $", {m.Kind} mask" : "")}";
        return Element("td", null, Attribute("title", title), Legend.Bar(layer.Rate, style,
            layer.Rate > 0 ? Element("span", "value", Numbers.Share(layer.Rate)) : Element("span", "value none", "0 %")));
    }
}
