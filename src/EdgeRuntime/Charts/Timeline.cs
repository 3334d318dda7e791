using System.Globalization;
using System.Text;

namespace EdgeRuntime.Charts;

/// <summary>Draws panels one below the other over a common time, as an SVG file that any browser shows.</summary>
/// <param name="title">Heading.</param>
/// <param name="subtitle">Second line, for sources and sums.</param>
public sealed class Timeline(string title, string subtitle)
{
    private const int Width = 1000;
    private const int Left = 92;
    private const int Right = 24;
    private const int Top = 80;
    private const int PanelHeight = 120;
    private const int PanelGap = 40;

    // More points than this in a line cannot be told apart.
    private const int Columns = Width - Left - Right;

    private readonly StringBuilder _svg = new();

    /// <summary>The panels, from the top.</summary>
    public List<TimelinePanel> Panels { get; } = [];

    /// <summary>Draws.</summary>
    public string ToSvg()
    {
        (double from, double to) = Span();
        int height = Top + (Panels.Count * (PanelHeight + PanelGap)) + 20;
        _svg.Clear();
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" width=\"{Width}\" height=\"{height}\" font-family=\"system-ui, sans-serif\" font-size=\"12\" fill=\"#24292f\">\n");
        Add($"<rect width=\"{Width}\" height=\"{height}\" fill=\"#ffffff\"/>\n<text x=\"{Left}\" y=\"24\" font-size=\"17\" font-weight=\"600\">{Escape(title)}</text>\n");
        Add($"<text x=\"{Left}\" y=\"43\" fill=\"#57606a\">{Escape(subtitle)}</text>\n");
        Axis time = new(from, to, Left, Width - Right);
        for (int i = 0; i < Panels.Count; i++)
        {
            Draw(Panels[i], time, Top + (i * (PanelHeight + PanelGap)), i == Panels.Count - 1);
        }

        return _svg.Append("</svg>\n").ToString();
    }

    private (double From, double To) Span()
    {
        double from = double.PositiveInfinity;
        double to = double.NegativeInfinity;
        foreach (TimelinePanel panel in Panels)
        {
            foreach ((_, _, List<(double Seconds, double Value)> points, _) in panel.Lines)
            {
                foreach ((double seconds, _) in points)
                {
                    from = Math.Min(from, seconds);
                    to = Math.Max(to, seconds);
                }
            }

            foreach ((double start, double end, _, _) in panel.Bands)
            {
                from = Math.Min(from, start);
                to = Math.Max(to, end);
            }
        }

        return to > from ? (from, to) : double.IsFinite(from) ? (from, from + 1) : (0, 1);
    }

    private void Draw(TimelinePanel panel, Axis time, int top, bool last)
    {
        int bottom = top + PanelHeight;
        Axis axis = new(panel.States is null ? Range(panel).Low : -0.5, panel.States is null ? Range(panel).High : panel.States.Length - 0.5, bottom, top);
        Add($"<text x=\"{Left}\" y=\"{top - 7}\" font-weight=\"600\">{Escape(panel.Title)}</text>\n");
        foreach ((double from, double to, string color, string text) in panel.Bands)
        {
            double x = time.At(from);
            Add($"<rect x=\"{x:0.#}\" y=\"{top}\" width=\"{Math.Max(time.At(to) - x, 1):0.#}\" height=\"{PanelHeight}\" fill=\"{color}\" fill-opacity=\"0.18\"><title>{Escape(text)}</title></rect>\n");
        }

        DrawGrid(panel, axis, time, top, bottom, last);
        double legend = Width - Right;
        for (int i = panel.Lines.Count - 1; i >= 0; i--)
        {
            (string name, string color, List<(double, double)> points, bool steps) = panel.Lines[i];
            Add($"<path d=\"{Path(points, time, axis, steps)}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"1.4\" stroke-linejoin=\"round\"/>\n");
            legend = Legend(legend, top, name, color, dashed: false);
        }

        foreach ((string name, List<(double, double)> points) in panel.Limits)
        {
            Add($"<path d=\"{Path(points, time, axis, steps: true)}\" fill=\"none\" stroke=\"#cf222e\" stroke-width=\"1.4\" stroke-dasharray=\"6 4\"/>\n");
            legend = Legend(legend, top, name, "#cf222e", dashed: true);
        }
    }

    private void DrawGrid(TimelinePanel panel, Axis axis, Axis time, int top, int bottom, bool last)
    {
        if (panel.States is { } states)
        {
            for (int s = 0; s < states.Length; s++)
            {
                GridLine(axis.At(s), states[s]);
            }
        }
        else
        {
            foreach (double value in axis.Ticks(4))
            {
                GridLine(axis.At(value), Number(value) + (panel.Unit.Length > 0 ? " " + panel.Unit : ""));
            }
        }

        (double scale, string unit) = TimeUnit(time.High - time.Low);
        foreach (double tick in new Axis(time.Low / scale, time.High / scale, time.From, time.To).Ticks(8))
        {
            double x = time.At(tick * scale);
            Add($"<line x1=\"{x:0.#}\" y1=\"{top}\" x2=\"{x:0.#}\" y2=\"{bottom + 4}\" stroke=\"#d0d7de\" stroke-width=\"0.6\"/>\n");
            if (last)
            {
                Add($"<text x=\"{x:0.#}\" y=\"{bottom + 19}\" text-anchor=\"middle\" fill=\"#57606a\">{Number(tick)} {unit}</text>\n");
            }
        }

        Add($"<rect x=\"{Left}\" y=\"{top}\" width=\"{Columns}\" height=\"{PanelHeight}\" fill=\"none\" stroke=\"#afb8c1\"/>\n");

        void GridLine(double y, string label)
        {
            Add($"<line x1=\"{Left}\" y1=\"{y:0.#}\" x2=\"{Width - Right}\" y2=\"{y:0.#}\" stroke=\"#d0d7de\" stroke-width=\"0.6\"/>\n");
            Add($"<text x=\"{Left - 8}\" y=\"{y + 4:0.#}\" text-anchor=\"end\" fill=\"#57606a\">{Escape(label)}</text>\n");
        }
    }

    private double Legend(double right, int top, string name, string color, bool dashed)
    {
        double width = (name.Length * 6.6) + 34;
        Add($"<line x1=\"{right - width + 6:0.#}\" y1=\"{top - 11}\" x2=\"{right - width + 24:0.#}\" y2=\"{top - 11}\" stroke=\"{color}\" stroke-width=\"2\"{(dashed ? " stroke-dasharray=\"5 3\"" : "")}/>\n");
        Add($"<text x=\"{right - width + 28:0.#}\" y=\"{top - 7}\" fill=\"#57606a\">{Escape(name)}</text>\n");
        return right - width - 8;
    }

    private static (double Low, double High) Range(TimelinePanel panel)
    {
        double low = panel.FromZero ? 0 : double.PositiveInfinity;
        double high = panel.FromZero ? 0 : double.NegativeInfinity;
        foreach ((_, double value) in panel.Lines.SelectMany(l => l.Points).Concat(panel.Limits.SelectMany(l => l.Points)))
        {
            if (double.IsFinite(value))
            {
                low = Math.Min(low, value);
                high = Math.Max(high, value);
            }
        }

        if (!(high > low))
        {
            double middle = double.IsFinite(low) ? low : 0;
            return (middle - 1, middle + 1);
        }

        double room = (high - low) * 0.07;
        return (panel.FromZero && low >= 0 ? 0 : low - room, high + room);
    }

    // A column of pixels shows no more than its lowest and its highest value.
    private static string Path(List<(double Seconds, double Value)> points, Axis time, Axis axis, bool steps)
    {
        StringBuilder path = new();
        bool pen = false;
        double lastY = 0;
        int at = 0;
        while (at < points.Count)
        {
            double x = Math.Round(time.At(points[at].Seconds), 1);
            double value = points[at].Value;
            if (!double.IsFinite(value))
            {
                pen = false;
                at++;
                continue;
            }

            int column = (int)x;
            double low = value;
            double high = value;
            double end = value;
            int next = at + 1;
            while (!steps && next < points.Count && (int)time.At(points[next].Seconds) == column && double.IsFinite(points[next].Value))
            {
                end = points[next].Value;
                low = Math.Min(low, end);
                high = Math.Max(high, end);
                next++;
            }

            string command = pen ? "L" : "M";
            if (steps && pen)
            {
                path.Append(CultureInfo.InvariantCulture, $"L{x:0.#} {lastY:0.#}");
            }

            if (next - at > 2)
            {
                path.Append(CultureInfo.InvariantCulture, $"{command}{x:0.#} {axis.At(value):0.#}L{x:0.#} {axis.At(low):0.#}L{x:0.#} {axis.At(high):0.#}L{x:0.#} {axis.At(end):0.#}");
            }
            else
            {
                path.Append(CultureInfo.InvariantCulture, $"{command}{x:0.#} {axis.At(value):0.#}");
                next = at + 1;
                end = value;
            }

            lastY = axis.At(end);
            pen = true;
            at = next;
        }

        return path.ToString();
    }

    private static (double Scale, string Unit) TimeUnit(double seconds)
        => seconds > 2 * 86400 ? (86400, "d") : seconds > 2 * 3600 ? (3600, "h") : seconds > 300 ? (60, "min") : (1, "s");

    private static string Number(double value) => (Math.Abs(value) < 1e-12 ? 0 : value).ToString("0.###", CultureInfo.InvariantCulture);

    private static string Escape(string text)
    {
        StringBuilder clean = new(text.Length);
        foreach (char c in text)
        {
            clean.Append(c switch { '&' => "&amp;", '<' => "&lt;", '>' => "&gt;", '"' => "&quot;", < ' ' => " ", _ when char.IsSurrogate(c) || c >= '\ufffe' => "\ufffd", _ => c.ToString() });
        }

        return clean.ToString();
    }

    private void Add(FormattableString text) => _svg.Append(text.ToString(CultureInfo.InvariantCulture));
}
