using ModelPacker.Graphs;

namespace ModelPacker.Lower;

/// <summary>A map of the lowered network: dense rows of fp32 channels until the quantiser decides otherwise.</summary>
/// <param name="Name">Name of the value in the source model.</param>
/// <param name="Rows">Rows of the dense map.</param>
/// <param name="Channels">Channels.</param>
/// <param name="Dims">Extents of the value in the source model's order.</param>
/// <param name="Prescribed">Scale and zero point that the model itself prescribes, or null.</param>
/// <param name="Integer">The map holds int8 data even in an fp32 bundle (a quantised input or output of the model).</param>
public sealed record LoweredMap(string Name, int Rows, int Channels, int[] Dims, Quantization? Prescribed = null, bool Integer = false);
