using System.Xml.Linq;
using static ModelPacker.Report.Markup;

namespace ModelPacker.Report;

/// <summary>Accuracy per class, worst first.</summary>
internal static class ClassesSection
{
    private const int Shown = 20;

    public static XElement? Of(ReportData data)
    {
        if (data.Classes.Count == 0)
        {
            return null;
        }

        int last = data.Points.Count - 1;
        List<ClassAccuracy> classes = [.. ClassAccuracy.WorstFirst(data.Classes, last)];
        int n = classes.Sum(c => c.N);
        string overall = string.Join(", ", data.Points.Select((p, i) => $"{p.Name} {Numbers.Fixed(100.0 * classes.Sum(c => c.Hits[i]) / n, 1, " %")}"));
        return Element("section", null,
            Element("h2", null, "Accuracy by class"),
            Element("p", null, $"Top-1 of each class, the worst {(last == 0 ? "" : $"at {data.Points[last].Name} ")}first. All {n} pictures: {overall}."),
            Element("div", "scroll", Table(data, classes.Take(Shown))),
            classes.Count > Shown
                ? Element("details", null, Element("summary", null, $"the other {classes.Count - Shown} classes"), Element("div", "scroll", Table(data, classes.Skip(Shown))))
                : null);
    }

    private static XElement Table(ReportData data, IEnumerable<ClassAccuracy> classes)
        => Element("table", null,
            Element("tr", null, Element("th", null, "class"), Element("th", "num", "pictures"), data.Points.Select(p => Element("th", null, p.Name))),
            classes.Select(c => Element("tr", null,
                Element("td", "name", Attribute("title", c.Name), c.Name),
                Element("td", "num soft", $"{c.N}"),
                data.Points.Select((_, p) => Element("td", null, Legend.Bar(c.Top1(p) / 100, p == 0 && data.Points.Count > 1 ? "dim" : "",
                    Element("span", "value", Numbers.Fixed(c.Top1(p), 0, " %")),
                    p == 0 ? null : Element("span", "delta", Numbers.Signed(c.Top1(p) - c.Top1(0), 0))))))));
}
