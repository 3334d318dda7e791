namespace ModelPacker.Tune;

/// <summary>Shares of its sites that a layer may keep.</summary>
public static class Ladder
{
    /// <summary>From all to few.</summary>
    public static IReadOnlyList<double> Shares { get; } =
        [1, 1 / 1.25, 1 / 1.5, 1 / 1.75, 1 / 2.0, 1 / 2.5, 1 / 3.0, 1 / 4.0, 1 / 5.0, 1 / 6.0, 1 / 8.0, 1 / 12.0, 1 / 20.0];
}
