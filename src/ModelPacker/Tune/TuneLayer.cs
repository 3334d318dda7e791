using ModelPacker.Perforate;

namespace ModelPacker.Tune;

/// <summary>A layer that the search may perforate.</summary>
/// <param name="Step">Its step.</param>
/// <param name="Name">Its name.</param>
/// <param name="Partners">Layers that are joined with its output and may share its support, so that what follows stays narrow.</param>
/// <param name="Masks">Makes its masks.</param>
public sealed record TuneLayer(int Step, string Name, int[] Partners, MaskMaker Masks);
