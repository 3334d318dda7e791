namespace ModelPacker.Report;

/// <summary>Puts labels beside marks where they cover neither marks nor other labels.</summary>
/// <param name="left">Labels stay right of this pixel,</param>
/// <param name="top">below this one,</param>
/// <param name="right">left of this one,</param>
/// <param name="bottom">and above this one.</param>
internal sealed class LabelPlacer(double left, double top, double right, double bottom)
{
    private const double LetterWidth = 6.9;
    private const double Height = 15;
    private const double Gap = 9;
    private const double LineStep = 6;

    private readonly List<(double Left, double Top, double Right, double Bottom)> _taken = [];

    /// <summary>Keeps the place of a mark free.</summary>
    public void Block(double x, double y, double radius) => _taken.Add((x - radius, y - radius, x + radius, y + radius));

    /// <summary>Keeps a straight line free.</summary>
    public void Block(double x1, double y1, double x2, double y2)
    {
        int parts = (int)(Math.Max(Math.Abs(x2 - x1), Math.Abs(y2 - y1)) / LineStep) + 1;
        for (int i = 0; i <= parts; i++)
        {
            Block(x1 + ((x2 - x1) * i / parts), y1 + ((y2 - y1) * i / parts), 1);
        }
    }

    /// <summary>Finds a place.</summary>
    /// <returns>Where the text starts, on its base line; null where there is none.</returns>
    public (double X, double Y)? Place(double x, double y, string text)
    {
        double wide = text.Length * LetterWidth;
        (double X, double Y)[] places =
        [
            (x + Gap, y - Gap), (x + Gap, y + 4), (x - (wide / 2), y - Gap - 5), (x - wide - Gap, y + Gap + 8), (x - (wide / 2), y + Gap + 12),
            (x + Gap, y + Gap + 8), (x - wide - Gap, y + 4), (x - wide - Gap, y - Gap), (x + Gap, y - (2 * Height)), (x - (wide / 2), y - (2 * Height)), (x - wide, y - (2 * Height)),
        ];
        foreach ((double start, double line) in places)
        {
            (double Left, double Top, double Right, double Bottom) box = (start, line - Height + 3, start + wide, line + 3);
            if (box.Left >= left && box.Right <= right && box.Top >= top && box.Bottom <= bottom && !_taken.Exists(t => t.Left < box.Right && box.Left < t.Right && t.Top < box.Bottom && box.Top < t.Bottom))
            {
                _taken.Add(box);
                return (start, line);
            }
        }

        return null;
    }
}
