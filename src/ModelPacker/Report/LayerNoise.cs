namespace ModelPacker.Report;

/// <summary>How far an int8 layer's output is from the fp32 network's.</summary>
/// <param name="Name">Layer.</param>
/// <param name="Kind">Kind of step.</param>
/// <param name="Sqnr">Signal-to-quantisation-noise ratio in dB, errors of earlier layers included.</param>
public sealed record LayerNoise(string Name, string Kind, double Sqnr);
