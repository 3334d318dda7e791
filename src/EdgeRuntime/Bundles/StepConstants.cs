namespace EdgeRuntime.Bundles;

/// <summary>Bias and multipliers that an operating point uses for a step in place of the step's own: a correction of what perforation shifts.</summary>
/// <param name="Step">Index of a convolution or depthwise step.</param>
/// <param name="Bias">Blob of the same type and count as the step's bias.</param>
/// <param name="Scales">Blob of the same type and count as the step's scales; -1 where the step has none.</param>
public sealed record StepConstants(int Step, int Bias, int Scales);
