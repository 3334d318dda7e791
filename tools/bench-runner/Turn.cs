namespace BenchRunner;

/// <summary>One engine's runs within one round.</summary>
/// <param name="Median">Median milliseconds.</param>
/// <param name="Least">Least milliseconds.</param>
internal readonly record struct Turn(double Median, double Least);
