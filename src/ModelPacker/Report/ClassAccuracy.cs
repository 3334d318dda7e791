namespace ModelPacker.Report;

/// <summary>How often the pictures of a class are recognised.</summary>
/// <param name="Name">Class.</param>
/// <param name="N">Its pictures.</param>
/// <param name="Hits">Per operating point, pictures whose first class is right.</param>
public sealed record ClassAccuracy(string Name, int N, int[] Hits)
{
    /// <summary>Top-1 of a point in per cent.</summary>
    public double Top1(int point) => 100.0 * Hits[point] / N;

    /// <summary>Worst first at a point; the more often seen class first among equals.</summary>
    public static IEnumerable<ClassAccuracy> WorstFirst(IEnumerable<ClassAccuracy> classes, int point)
        => classes.OrderBy(c => c.Top1(point)).ThenByDescending(c => c.N).ThenBy(c => c.Name, StringComparer.Ordinal);
}
