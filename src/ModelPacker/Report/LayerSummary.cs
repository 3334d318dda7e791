using ModelPacker.Perforate;

namespace ModelPacker.Report;

/// <summary>One step at one operating point.</summary>
/// <param name="Step">Index of the step.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">Kind of step, in lower case.</param>
/// <param name="Type">"int8" or "fp32".</param>
/// <param name="Rows">Rows that it computes.</param>
/// <param name="Sites">Rows that it computes at the dense point.</param>
/// <param name="Channels">Channels of a row.</param>
/// <param name="Macs">Multiply-accumulates.</param>
/// <param name="Sqnr">Signal-to-quantisation-noise ratio in dB, or null where none was recorded.</param>
/// <param name="Mask">Its mask, or null where it has none of its own.</param>
/// <param name="Grid">Height and width of the grid of its sites; 0, 0 where they are no grid, or nothing is known.</param>
public sealed record LayerSummary(int Step, string Name, string Kind, string Type, int Rows, int Sites, int Channels, double Macs, double? Sqnr,
    PerforatedStep? Mask, (int Height, int Width) Grid)
{
    /// <summary>Share of the sites that is skipped, by a mask of its own or because its input has fewer rows.</summary>
    public double Rate => 1 - ((double)Rows / Sites);
}
