namespace ModelPacker.Import.Onnx.Operators;

/// <summary>How a Resize reads its input.</summary>
/// <param name="Mode">nearest, linear or cubic.</param>
/// <param name="Coordinates">The coordinate transformation.</param>
/// <param name="Rounding">Rounding of nearest; "simple" is that of opset 10: up when shrinking, else down.</param>
/// <param name="CubicA">Coefficient of the cubic kernel.</param>
/// <param name="ExcludeOutside">Taps outside weigh nothing.</param>
/// <param name="Antialias">Widen the kernel when shrinking.</param>
/// <param name="Extrapolation">Value outside the region of interest.</param>
internal sealed record ResizeRule(string Mode, string Coordinates, string Rounding, float CubicA, bool ExcludeOutside, bool Antialias, float Extrapolation);
