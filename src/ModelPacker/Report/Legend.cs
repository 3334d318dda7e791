using System.Xml.Linq;
using static ModelPacker.Report.Markup;

namespace ModelPacker.Report;

/// <summary>Keys to the colours and shapes.</summary>
internal static class Legend
{
    /// <summary>Key to the marks of the Pareto plot.</summary>
    public static XElement OfMarks(IEnumerable<string> kinds)
        => Element("div", "legend", kinds.Select(k => Element("span", null, Element("svg", null, Attribute("viewBox", "0 0 16 16"), PlotMarks.Of(k, 8, 8)), PlotMarks.Title(k))));

    /// <summary>Key to the colours of bars.</summary>
    public static XElement OfBars(IEnumerable<(string Style, string Title)> keys)
        => Element("div", "legend", keys.Select(k => Element("span", null, Element("i", "swatch " + k.Style), k.Title)));

    /// <summary>A bar with its value beside it.</summary>
    /// <param name="share">0 to 1.</param>
    /// <param name="style">Class of the bar.</param>
    /// <param name="value">Text.</param>
    public static XElement Bar(double share, string style, params object?[] value)
        => Element("div", "bar", Element("div", "track", Element("div", ("fill " + style).TrimEnd(),
            Attribute("style", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"width: {Math.Clamp(100 * share, 0, 100):0.#}%")))), value);
}
