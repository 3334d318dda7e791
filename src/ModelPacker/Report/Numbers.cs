using System.Globalization;

namespace ModelPacker.Report;

/// <summary>Numbers as a report prints them.</summary>
internal static class Numbers
{
    /// <summary>What stands where nothing is known.</summary>
    public const string None = "–";

    // Keeps a number and its unit on one line.
    private const char NoBreak = '\u00a0';

    public static string Fixed(double? value, int digits, string unit = "")
        => value is { } v ? Minus(v.ToString("f" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)) + unit.Replace(' ', NoBreak) : None;

    /// <summary>With its sign; "±0" where it rounds to nothing.</summary>
    public static string Signed(double value, int digits)
    {
        string text = Math.Abs(value).ToString("f" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return text.All(c => c is '0' or '.') ? "±0" : (value < 0 ? "−" : "+") + text;
    }

    public static string Share(double value) => Fixed(100 * value, 0, " %");

    public static string Milliseconds(double? value) => Fixed(value, value < 10 ? 2 : 1, " ms");

    private static string Minus(string text) => text.Replace('-', '−');
}
