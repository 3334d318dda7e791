using System.Xml.Linq;
using static ModelPacker.Report.Markup;

namespace ModelPacker.Report;

/// <summary>Writes the report as one HTML document that needs nothing else: no network, no scripts, no fonts.</summary>
public static class HtmlReport
{
    /// <summary>Writes it.</summary>
    public static void Write(ReportData data, TextWriter output)
    {
        XElement? masks = MasksSection.Of(data);
        string style = Stylesheet.Colours + Stylesheet.Page + Stylesheet.Plot + Stylesheet.Picks(data.Points.Count);
        XElement document = new("html", Attribute("lang", "en"),
            Element("head", null,
                Element("meta", null, Attribute("charset", "utf-8")),
                Element("meta", null, Attribute("name", "viewport"), Attribute("content", "width=device-width, initial-scale=1")),
                Element("title", null, $"{data.Name} – EdgeRuntime report"),
                Element("style", null, style)),
            Element("body", null, Element("main", null,
                HeadlineSection.Of(data), ParetoSection.Of(data), RatesSection.Of(data), masks, ClassesSection.Of(data), BoardSection.Of(data), BoardSection.Boards(data), NoiseSection.Of(data),
                Element("footer", null, "Made by modelpacker report."))));
        output.Write("<!DOCTYPE html>\n");
        Markup.Write(document, output);
        output.Write('\n');
    }
}
