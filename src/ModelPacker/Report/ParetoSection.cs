using System.Xml.Linq;
using static ModelPacker.Report.Markup;

namespace ModelPacker.Report;

/// <summary>The Pareto plot and the table of baselines.</summary>
internal static class ParetoSection
{
    public static XElement? Of(ReportData data)
    {
        if (ParetoData.Of(data.Points, data.Search) is not { } pareto)
        {
            return null;
        }

        ParetoPlot plot = new(pareto);
        string[] kinds = ["point", .. pareto.Search.Count > 0 ? ["search"] : Array.Empty<string>(), .. pareto.Baselines.Select(b => b.Kind).Distinct()];
        bool mixed = pareto.Baselines.Any(b => b.Corrected);
        return Element("section", null,
            Element("h2", null, "Speed against quality"),
            Element("p", null, "Up and to the right is better. Every network is compared with the dense one on the same pictures; the thin line joins those steps of the search that no other step beats."
                + (mixed ? " Baselines on a dashed line have the dense network's constants, those on a solid one had theirs re-fitted, as operating points have." : "")
                + (data.Search?.BeforeTraining is not null && pareto.Search.Count + pareto.Baselines.Count > 0
                    ? " The weights were trained after the search: its steps and the baselines are of the weights from before the training, compared with the dense network of then." : "")
                + (plot.IsCut ? " Marks on the lower edge stand for baselines that lie below it." : "")),
            Legend.OfMarks(kinds), plot.Draw(),
            data.Search is { } search && search.Baselines.Count + search.Missing.Count > 0 ? Baselines(data, search) : null);
    }

    private static XElement Baselines(ReportData data, SearchTrace search)
    {
        PointSummary dense = data.Points[0];
        double? reference = search.BeforeTraining is { } before ? before.Top1 : dense.Top1;
        return Element("details", null,
            Element("summary", null, "baselines in figures"),
            search.Baselines.Count == 0 ? null : Element("div", "scroll", Element("table", null,
                Element("tr", null, Element("th", null, "baseline"), Element("th", "num", "top-1"), Element("th", "num", "loss"), Element("th", "num", "multiplications"), Element("th", "num", "speed-up")),
                search.Baselines.Select(b => Element("tr", null,
                    Element("td", "name", Element("svg", "key", Attribute("viewBox", "0 0 16 16"), PlotMarks.Of(b.Kind, 8, 8)), b.Name),
                    Element("td", "num", Numbers.Fixed(b.Top1, 2, " %"), Element("span", "delta", b.Top1 - reference is { } change ? Numbers.Signed(change, 2) : "")),
                    Element("td", "num", Numbers.Fixed(b.Loss, 4)),
                    Element("td", "num", b.Macs is { } macs ? Units.Count(macs) : Numbers.None),
                    Element("td", "num", Numbers.Fixed(search.SpeedUp(b, dense.Macs), 2, "×")))))),
            search.Missing.GroupBy(m => m.Reason).Select(m => Element("p", null, $"Not measured: {string.Join(", ", m.Select(x => x.Name))}. {m.Key}")));
    }
}
