namespace ModelPacker.Perforate;

/// <summary>A perforated layer of an operating point.</summary>
/// <param name="Step">Index of the step.</param>
/// <param name="Kind">Kind of mask, in lower case.</param>
/// <param name="Kept">Evaluated sites of the step's output, rising.</param>
/// <param name="Ties">How ties of distance were decided (<see cref="Support.Ties"/>); null where that was not written down.</param>
public sealed record PerforatedStep(int Step, string Kind, int[] Kept, byte[]? Ties = null);
