using System.Globalization;

namespace ModelPacker;

/// <summary>Numbers for people.</summary>
internal static class Units
{
    public static string Bytes(double bytes) => Scaled(bytes, 1024, ["B", "KiB", "MiB", "GiB"]);

    public static string Count(double count) => Scaled(count, 1000, ["", "k", "M", "G", "T"]);

    private static string Scaled(double value, double unit, string[] names)
    {
        int i = 0;
        while (value >= unit && i < names.Length - 1)
        {
            value /= unit;
            i++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{(i == 0 ? value : Math.Round(value, 2)):0.##} {names[i]}").TrimEnd();
    }
}
