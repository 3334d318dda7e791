namespace ModelPacker.Report;

/// <summary>What a board is expected to need, by its cost model.</summary>
/// <param name="Board">Name for people.</param>
/// <param name="Milliseconds">Time of one inference on one thread, per operating point.</param>
/// <param name="Watts">What the board draws meanwhile; null where nobody measured it.</param>
public sealed record BoardPrediction(string Board, IReadOnlyList<double> Milliseconds, double? Watts)
{
    /// <summary>Energy of one inference in millijoules, the idle board's included; null where the power is not known.</summary>
    public double? Millijoules(int point) => Watts * Milliseconds[point];
}
