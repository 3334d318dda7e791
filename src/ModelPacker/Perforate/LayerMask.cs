namespace ModelPacker.Perforate;

/// <summary>The mask of a layer, apart from any bundle.</summary>
/// <param name="Layer">Name of the layer: of the ONNX node.</param>
/// <param name="Height">Rows of the grid of its output.</param>
/// <param name="Width">Columns of the grid.</param>
/// <param name="Kind">Kind of mask, in lower case.</param>
/// <param name="Support">Evaluated sites, and what stands for the others.</param>
public sealed record LayerMask(string Layer, int Height, int Width, string Kind, Support Support);
