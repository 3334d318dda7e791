using System.Text;
using EdgeRuntime.Cli.CommandLine;

namespace EdgeRuntime.Cli.Reports;

/// <summary>Aligned columns of text: the first ones to the left, headings starting with <c>&gt;</c> to the right.</summary>
internal sealed class TextTable(params string[] headings)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row with one cell per heading.</summary>
    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Writes heading and rows.</summary>
    public void Write(Terminal terminal)
    {
        int[] widths = new int[headings.Length];
        string[] titles = Array.ConvertAll(headings, h => h.TrimStart('>'));
        for (int c = 0; c < widths.Length; c++)
        {
            widths[c] = titles[c].Length;
            foreach (string[] row in _rows)
            {
                widths[c] = Math.Max(widths[c], row[c].Length);
            }
        }

        terminal.WriteLine(terminal.Strong(Line(titles, widths)));
        foreach (string[] row in _rows)
        {
            terminal.WriteLine(Line(row, widths));
        }
    }

    private string Line(string[] cells, int[] widths)
    {
        StringBuilder line = new();
        for (int c = 0; c < cells.Length; c++)
        {
            line.Append(c == 0 ? "" : "  ");
            line.Append(headings[c].StartsWith('>') ? cells[c].PadLeft(widths[c]) : cells[c].PadRight(widths[c]));
        }

        return line.ToString().TrimEnd();
    }
}
