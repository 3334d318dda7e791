using System.Globalization;

namespace EdgeRuntime.Cli.Reports;

/// <summary>Numbers for people.</summary>
internal static class Format
{
    /// <summary>Bytes with a binary unit.</summary>
    public static string Bytes(long bytes)
        => bytes < 1 << 10 ? string.Create(CultureInfo.InvariantCulture, $"{bytes} B")
        : bytes < 1 << 20 ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:f1} KiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:f1} MiB");

    /// <summary>Multiply-accumulates in millions.</summary>
    public static string Macs(double macs) => string.Create(CultureInfo.InvariantCulture, $"{macs / 1e6:f2} M");

    /// <summary>Milliseconds with as many digits as mean something.</summary>
    public static string Milliseconds(double ms)
        => ms < 1 ? string.Create(CultureInfo.InvariantCulture, $"{ms:f4}")
        : ms < 100 ? string.Create(CultureInfo.InvariantCulture, $"{ms:f3}")
        : string.Create(CultureInfo.InvariantCulture, $"{ms:f1}");

    /// <summary>A figure with three decimals.</summary>
    public static string Figure(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>A share in per cent.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:f1} %");

    /// <summary>Extents.</summary>
    public static string Shape(int[] dims) => "[" + string.Join(", ", dims) + "]";

    /// <summary>A hash as it is recorded in bundles.</summary>
    public static string Hash(ulong hash) => hash.ToString("x16", CultureInfo.InvariantCulture);
}
