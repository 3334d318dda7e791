namespace ModelPacker.Perforate;

/// <summary>Constants of a step at one operating point, as the bundle stores them.</summary>
/// <param name="IntegerBias">int32 bias of an int8 step, or null.</param>
/// <param name="RealBias">Bias of an fp32 step, or null.</param>
/// <param name="Scales">Multipliers of an int8 step, or null.</param>
public sealed record CorrectedConstants(int[]? IntegerBias, float[]? RealBias, float[]? Scales);
