using System.Xml.Linq;
using static ModelPacker.Report.Markup;

namespace ModelPacker.Report;

/// <summary>Quantisation noise per layer, worst first.</summary>
internal static class NoiseSection
{
    private const int Shown = 15;

    // The whole width of a bar.
    private const double Full = 60;

    public static XElement? Of(ReportData data)
    {
        LayerSummary[] layers = [.. data.Points[0].Layers.Where(l => l.Sqnr is not null).OrderBy(l => l.Sqnr)];
        if (layers.Length == 0)
        {
            return null;
        }

        return Element("section", null,
            Element("h2", null, "Quantisation noise"),
            Element("p", null, "Signal-to-quantisation-noise ratio of each layer's output, int8 against fp32 with the errors of earlier layers included, worst first. Every 6 dB halve the noise. "
                + "If accuracy is lost here, keep the worst layers in fp32: ", Element("code", null, "modelpacker pack … --keep-float LAYER"), "."),
            Table(layers.Take(Shown)),
            layers.Length > Shown ? Element("details", null, Element("summary", null, $"the other {layers.Length - Shown} layers"), Table(layers.Skip(Shown))) : null);
    }

    private static XElement Table(IEnumerable<LayerSummary> layers)
        => Element("div", "scroll", Element("table", null,
            Element("tr", null, Element("th", null, "layer"), Element("th", null, "kind"), Element("th", null, "type"), Element("th", "num", "multiplications"), Element("th", null, "SQNR")),
            layers.Select(l => Element("tr", null,
                Element("td", "name", Attribute("title", l.Name), l.Name), Element("td", "soft", l.Kind), Element("td", "soft", l.Type),
                Element("td", "num", l.Macs > 0 ? Units.Count(l.Macs) : Numbers.None),
                Element("td", null, Legend.Bar(l.Sqnr!.Value / Full, "", Element("span", "value wide", l.Sqnr >= 200 ? "exact" : Numbers.Fixed(l.Sqnr, 1, " dB"))))))));
}
