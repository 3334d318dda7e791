namespace ModelPacker.Correct;

/// <summary>Picks samples.</summary>
internal static class Spread
{
    /// <summary>At most <paramref name="count"/> items, spread evenly over all.</summary>
    public static IReadOnlyList<T> Evenly<T>(IReadOnlyList<T> all, int count)
        => count >= all.Count ? all : [.. Enumerable.Range(0, count).Select(i => all[(int)((long)i * all.Count / count)])];

    /// <summary>Like <see cref="Evenly"/>, of the items that it leaves, if there are enough.</summary>
    public static IReadOnlyList<T> Others<T>(IReadOnlyList<T> all, int count)
        => all.Count < 2 * count ? Evenly(all, count) : [.. Enumerable.Range(0, count).Select(i => all[(int)((long)i * all.Count / count) + 1])];
}
