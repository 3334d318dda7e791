namespace ModelPacker.Commands;

/// <summary>A table in plain text: as wide as its contents, the same on a terminal and in a pipe.</summary>
internal sealed class TextTable(params string[] headers)
{
    private readonly List<string[]> _rows = [];

    /// <summary>Adds a row; columns of numbers behind the first (names may begin with a digit) are set to the right.</summary>
    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>Writes the table.</summary>
    public void Write(TextWriter output)
    {
        int columns = headers.Length;
        int[] widths = new int[columns];
        bool[] right = new bool[columns];
        for (int c = 0; c < columns; c++)
        {
            widths[c] = _rows.Select(r => r[c].Length).Append(headers[c].Length).Max();
            right[c] = c > 0 && _rows.Count > 0 && _rows.TrueForAll(r => r[c].Length == 0 || char.IsAsciiDigit(r[c][0]) || r[c][0] is '-' or '+' or '±');
        }

        WriteRow(output, headers, widths, right);
        _rows.ForEach(r => WriteRow(output, r, widths, right));
    }

    private static void WriteRow(TextWriter output, string[] cells, int[] widths, bool[] right)
    {
        string line = string.Join("  ", cells.Select((cell, c) => right[c] ? cell.PadLeft(widths[c]) : cell.PadRight(widths[c])));
        output.WriteLine(line.TrimEnd());
    }
}
