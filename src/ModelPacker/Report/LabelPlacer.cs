namespace ModelPacker.Report;

/// <summary>Puts labels beside marks where they cover neither marks nor other labels.</summary>
/// <param name="width">Width of the plot; labels stay inside.</param>
internal sealed class LabelPlacer(double width)
{
    private const double LetterWidth = 6.7;
    private const double Height = 15;
    private const double Gap = 9;

    private readonly List<(double Left, double Top, double Right, double Bottom)> _taken = [];

    /// <summary>Keeps the place of a mark free.</summary>
    public void Block(double x, double y, double radius) => _taken.Add((x - radius, y - radius, x + radius, y + radius));

    /// <summary>Finds a place.</summary>
    /// <returns>Where the text starts, on its base line; null where there is none.</returns>
    public (double X, double Y)? Place(double x, double y, string text)
    {
        double wide = text.Length * LetterWidth;
        (double X, double Y)[] places =
        [
            (x + Gap, y - Gap), (x + Gap, y + 4), (x - (wide / 2), y - Gap - 5), (x - wide - Gap, y + Gap + 8), (x - (wide / 2), y + Gap + 12),
            (x + Gap, y + Gap + 8), (x - wide - Gap, y + 4), (x - wide - Gap, y - Gap),
        ];
        foreach ((double left, double line) in places)
        {
            (double Left, double Top, double Right, double Bottom) box = (left, line - Height + 3, left + wide, line + 3);
            if (box.Left >= 0 && box.Right <= width && !_taken.Exists(t => t.Left < box.Right && box.Left < t.Right && t.Top < box.Bottom && box.Top < t.Bottom))
            {
                _taken.Add(box);
                return (left, line);
            }
        }

        return null;
    }
}
