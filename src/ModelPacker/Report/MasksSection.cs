using System.Xml.Linq;
using EdgeRuntime.Images;
using static ModelPacker.Report.Markup;

namespace ModelPacker.Report;

/// <summary>Masks over the sample picture, one point at a time; radio buttons and the style sheet switch between them.</summary>
internal static class MasksSection
{
    public static XElement? Of(ReportData data)
    {
        PointSummary[] points = [.. data.Points.Where(p => p.Perforated.Any())];
        if (points.Length == 0)
        {
            return null;
        }

        return Element("section", null,
            Element("h2", null, "Masks"),
            Element("p", null, "The sites that are evaluated, over a sample picture. Skipped sites, dark, take the values of the nearest evaluated one."
                + (points.Any(p => p.Input is not null) ? " A point that takes a smaller picture has fewer and larger sites." : "")),
            points.Select((_, i) => Element("input", "pick", Attribute("type", "radio"), Attribute("name", "pick"), Attribute("id", $"pick{i}"),
                i == points.Length - 1 ? Attribute("checked", "checked") : null)),
            Element("div", "picks", points.Select((p, i) => Element("label", null, Attribute("for", $"pick{i}"), p.Name))),
            points.Select((p, i) => Element("div", "masks", Attribute("id", $"masks{i}"), p.Perforated.Select(l => Figure(l, data.Sample)))));
    }

    private static XElement Figure(LayerSummary layer, Picture sample)
    {
        (int height, int width) = layer.Grid;
        return Element("figure", null,
            Element("img", null, Attribute("alt", $"Mask of {layer.Name}: {layer.Mask!.Kept.Length} of {height * width} sites"), Attribute("src", Source(layer, sample))),
            Element("figcaption", null, Element("b", null, Attribute("title", layer.Name), layer.Name),
                Element("i", "swatch " + PlotMarks.Style(layer.Mask.Kind)), $" {layer.Mask.Kind}, {Numbers.Share(layer.Rate)} skipped", Element("br", null),
                Element("span", "soft", $"{layer.Rows} of {height}×{width} sites")));
    }

    private static string Source(LayerSummary layer, Picture sample)
    {
        using MemoryStream png = new();
        PngWriter.Write(MaskPicture.Draw(layer.Mask!.Kept, layer.Grid.Height, layer.Grid.Width, sample), png);
        return "data:image/png;base64," + Convert.ToBase64String(png.GetBuffer(), 0, (int)png.Length);
    }
}
