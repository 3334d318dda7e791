using System.Xml.Linq;
using EdgeRuntime.Charts;
using static ModelPacker.Report.Markup;

namespace ModelPacker.Report;

/// <summary>Draws the Pareto plot as SVG: up is better, right is faster.</summary>
public sealed class ParetoPlot
{
    private const double Width = 960, Height = 470;
    private const double Left = 66, Right = 940, Top = 24, Bottom = 414;

    // A baseline that falls further than this many times what the search accepted would press everything else against the top edge.
    private const double DeepestBaseline = 3;

    // Room at the ends of the axes, as a share of what is between.
    private const double Margin = 0.05;

    // More baselines than this are told by lines and shapes alone; the table beside the plot names them.
    private const int MostLabels = 12;

    private readonly ParetoData _data;
    private readonly LabelPlacer _labels = new(Left + 4, Top, Width, Bottom - 2);

    /// <summary>Lays the axes out.</summary>
    public ParetoPlot(ParetoData data)
    {
        _data = data;
        List<ParetoMark> own = [.. data.Search, .. data.Points];
        List<ParetoMark> all = [.. own, .. data.Baselines];
        double slowest = Math.Min(1, all.Min(m => m.SpeedUp));
        double fastest = Math.Max(1.25, all.Max(m => m.SpeedUp));
        double highest = Math.Max(0, all.Max(m => m.Change));
        double lowest = Math.Min(data.ByTop1 ? -1 : -0.05, own.Min(m => m.Change));
        lowest = Math.Max(Math.Min(lowest, all.Min(m => m.Change)), DeepestBaseline * lowest);
        X = new Axis(slowest, fastest + (Margin * (fastest - slowest)), Left, Right);
        Y = new Axis(lowest - (Margin * (highest - lowest)), highest + (Margin * (highest - lowest)), Bottom, Top);
    }

    /// <summary>Speed-ups, from left to right.</summary>
    public Axis X { get; }

    /// <summary>Changes of quality, from the lower edge upwards.</summary>
    public Axis Y { get; }

    /// <summary>A drawing for an HTML document whose style sheet has <see cref="Stylesheet.Plot"/>.</summary>
    public XElement Draw() => Element("svg", "plot", Attribute("viewBox", $"0 0 {Width} {Height}"), Attribute("role", "img"), Element("title", null, "Pareto plot: " + QualityTitle + " by speed-up"),
        Grid(), SearchPath(), Marks(), Labels());

    /// <summary>A file that stands alone.</summary>
    public void Save(string path)
    {
        XElement svg = Draw();
        svg.AddFirst(Element("style", null, Stylesheet.Colours + Stylesheet.Plot + "\nsvg { background: var(--surface); }\n"));
        svg.Add(Attribute("width", Width), Attribute("height", Height));
        using StreamWriter output = new(path);
        StringWriter text = new();
        Write(svg, text);
        output.Write(text.ToString().Replace("<svg ", "<svg xmlns=\"http://www.w3.org/2000/svg\" ", StringComparison.Ordinal));
    }

    /// <summary>Whether baselines lie below the lower edge, where their marks then stand.</summary>
    public bool IsCut => _data.Baselines.Any(m => m.Change < Y.Low);

    private string QualityTitle => _data.ByTop1 ? "top-1 against dense, points" : "loss above dense";

    private string SpeedTitle => _data.Unit == "ms" ? "speed-up of the predicted time" : "speed-up by multiplications";

    private XElement Grid()
    {
        XElement grid = Element("g", "grid");
        foreach (double tick in Y.Ticks(6))
        {
            double y = Y.At(tick);
            grid.Add(Line(Left, y, Right, y, Math.Abs(tick) < 1e-9 ? "zero" : null));
            grid.Add(Text(Left - 10, y + 4, TickText(tick), "end"));
        }

        foreach (double tick in X.Ticks(8))
        {
            double x = X.At(tick);
            grid.Add(Line(x, Bottom, x, Bottom + 5, null));
            grid.Add(Text(x, Bottom + 21, $"{Math.Round(tick, 3)}×", "middle"));
        }

        grid.Add(Line(Left, Bottom, Right, Bottom, "axis"));
        grid.Add(Text(Right, Bottom + 44, SpeedTitle + " →", "end", "name"));
        grid.Add(Text(Left + 2, Top - 9, "↑ " + QualityTitle, "start", "name"));
        return grid;
    }

    private string TickText(double tick) => Math.Abs(tick) < 1e-9 ? "0" : _data.ByTop1
        ? (tick < 0 ? "−" : "+") + Math.Abs(Math.Round(tick, 3))
        : (tick < 0 ? "+" : "−") + Math.Abs(Math.Round(tick, 4));

    private XElement SearchPath()
    {
        XElement path = Element("g", "search");
        if (_data.Search.Count > 1)
        {
            path.Add(Polyline(ParetoData.Front(_data.Search)));
        }

        foreach (ParetoMark mark in _data.Search)
        {
            path.Add(Element("circle", null, Attribute("cx", X.At(mark.SpeedUp)), Attribute("cy", Y.At(mark.Change)), Attribute("r", 2.5), Tip(mark)));
            _labels.Block(X.At(mark.SpeedUp), Y.At(mark.Change), 2.5);
        }

        return path;
    }

    private XElement Marks()
    {
        List<ParetoMark> points = [.. _data.Points.OrderBy(m => m.SpeedUp)];
        XElement marks = Element("g", "marks");
        foreach ((ParetoMark from, ParetoMark to) in points.Zip(points.Skip(1)))
        {
            _labels.Block(X.At(from.SpeedUp), Y.At(from.Change), X.At(to.SpeedUp), Y.At(to.Change));
        }

        // An inner drawing cuts off what leaves it.
        XElement area = Element("svg", null, Attribute("x", Left), Attribute("y", Top), Attribute("width", Right - Left), Attribute("height", Bottom - Top),
            Attribute("viewBox", $"{Left} {Top} {Right - Left} {Bottom - Top}"));
        foreach (IGrouping<(string Kind, bool Corrected), ParetoMark> family in _data.Baselines.GroupBy(m => (m.Kind, m.Corrected)))
        {
            XElement line = Polyline([.. family.OrderBy(m => m.SpeedUp)]);
            line.Add(Attribute("class", "family " + PlotMarks.Style(family.Key.Kind) + (family.Key.Corrected ? "" : " plain")));
            area.Add(line);
        }

        marks.Add(area);
        foreach (ParetoMark mark in _data.Baselines)
        {
            marks.Add(PlotMarks.Of(mark.Kind, X.At(mark.SpeedUp), Height(mark), Tip(mark)));
            _labels.Block(X.At(mark.SpeedUp), Height(mark), 6);
        }

        marks.Add(Polyline(points));
        foreach (ParetoMark mark in _data.Points)
        {
            marks.Add(PlotMarks.Of("point", X.At(mark.SpeedUp), Y.At(mark.Change), Tip(mark)));
            _labels.Block(X.At(mark.SpeedUp), Y.At(mark.Change), 7);
        }

        return marks;

        double Height(ParetoMark mark) => Math.Min(Y.At(mark.Change), Bottom);
    }

    private XElement Labels()
    {
        XElement labels = Element("g", "labels");
        foreach (ParetoMark mark in _data.Baselines.Count > MostLabels ? _data.Points : [.. _data.Points, .. _data.Baselines])
        {
            bool below = mark.Change < Y.Low;
            double x = X.At(mark.SpeedUp);
            double y = below ? Bottom : Y.At(mark.Change);
            string text = below ? $"{mark.Name} ({TickText(Math.Round(mark.Change, 1))} ↓)" : mark.Name;
            if (_labels.Place(x, y, text) is (double left, double line))
            {
                labels.Add(Text(left, line, text, "start", mark.Kind == "point" ? "point" : null));
            }
        }

        return labels;
    }

    private XElement Polyline(List<ParetoMark> marks)
        => Element("polyline", null, Attribute("points", string.Join(' ', marks.Select(m => $"{Math.Round(X.At(m.SpeedUp), 1)},{Math.Round(Y.At(m.Change), 1)}"))));

    private XElement Tip(ParetoMark mark)
    {
        string quality = _data.ByTop1 ? $"{Numbers.Signed(mark.Change, 2)} points of top-1" : $"loss {Numbers.Signed(-mark.Change, 4)}";
        return Element("title", null, $"{(mark.Name.Length == 0 ? "search" : mark.Name)}: {mark.SpeedUp:f2}×, {quality}");
    }

    private static XElement Line(double x1, double y1, double x2, double y2, string? style)
        => Element("line", style, Attribute("x1", x1), Attribute("y1", y1), Attribute("x2", x2), Attribute("y2", y2));

    private static XElement Text(double x, double y, string text, string anchor, string? style = null)
        => Element("text", style, Attribute("x", x), Attribute("y", y), Attribute("text-anchor", anchor), text);
}
