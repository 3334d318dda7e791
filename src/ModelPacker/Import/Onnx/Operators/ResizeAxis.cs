namespace ModelPacker.Import.Onnx.Operators;

/// <summary>One resized axis.</summary>
/// <param name="Axis">Which.</param>
/// <param name="Input">Input extent.</param>
/// <param name="Output">Output extent.</param>
/// <param name="Scale">Scale factor of the coordinates.</param>
/// <param name="RoiStart">Start of the region of interest, 0…1.</param>
/// <param name="RoiEnd">End of the region of interest.</param>
internal sealed record ResizeAxis(int Axis, int Input, int Output, float Scale, float RoiStart = 0, float RoiEnd = 1);
