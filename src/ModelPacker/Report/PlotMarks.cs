using System.Xml.Linq;
using static ModelPacker.Report.Markup;

namespace ModelPacker.Report;

/// <summary>Shapes and names of what is marked in plots. Kinds differ by shape as well as by colour.</summary>
internal static class PlotMarks
{
    /// <summary>The mark of a kind at a pixel.</summary>
    /// <param name="kind"><c>point</c>, or the kind of a baseline.</param>
    /// <param name="x">Its middle.</param>
    /// <param name="y">Its middle.</param>
    /// <param name="content">Title.</param>
    public static XElement Of(string kind, double x, double y, params object?[] content)
    {
        string style = "mark " + Style(kind);
        return kind switch
        {
            "point" => Element("g", style, Circle(x, y, 6), content),
            "smaller-input" => Element("g", style, Element("rect", null, Attribute("x", x - 4.5), Attribute("y", y - 4.5), Attribute("width", 9.0), Attribute("height", 9.0)), content),
            "fractional-stride" => Element("g", style, Polygon((x, y - 6), (x + 6, y + 4.5), (x - 6, y + 4.5)), content),
            "uniform" => Element("g", style, Polygon((x, y - 6.5), (x + 6.5, y), (x, y + 6.5), (x - 6.5, y)), content),
            "grid" => Element("g", style, Polygon((x, y + 6), (x + 6, y - 4.5), (x - 6, y - 4.5)), content),
            _ => Element("g", style, Circle(x, y, 4.5), content),
        };
    }

    /// <summary>Class of a kind in the style sheet.</summary>
    public static string Style(string kind)
        => kind is "point" or "search" or "smaller-input" or "fractional-stride" or "uniform" or "grid" or "structure" or "impact" or "fisher" ? kind : "other";

    /// <summary>Name of a kind for people.</summary>
    public static string Title(string kind) => kind switch
    {
        "point" => "operating points, on held-back pictures",
        "search" => "way of the search, on its own pictures",
        "smaller-input" => "smaller input",
        "fractional-stride" => "fractional stride",
        "uniform" => "random masks",
        "grid" => "grid masks",
        _ => kind,
    };

    private static XElement Circle(double x, double y, double radius) => Element("circle", null, Attribute("cx", x), Attribute("cy", y), Attribute("r", radius));

    private static XElement Polygon(params (double X, double Y)[] corners)
        => Element("polygon", null, Attribute("points", string.Join(' ', corners.Select(c => $"{Math.Round(c.X, 1)},{Math.Round(c.Y, 1)}"))));
}
