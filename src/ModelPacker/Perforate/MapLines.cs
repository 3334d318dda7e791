namespace ModelPacker.Perforate;

/// <summary>Which line of a small map stands for a line of the full one.</summary>
internal static class MapLines
{
    /// <summary>For every line of a map of <paramref name="full"/> lines the number of the line of the smaller map that covers its middle.</summary>
    public static int[] Nearest(int full, int few) => [.. Enumerable.Range(0, full).Select(y => (int)((((2L * y) + 1) * few) / (2L * full)))];
}
