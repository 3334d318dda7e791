namespace ModelPacker.Graphs;

/// <summary>real = (q − ZeroPoint)·Scale with q in [-128, 127]; uint8 models are shifted by 128 on import.</summary>
/// <param name="Scale">Positive and finite.</param>
/// <param name="ZeroPoint">In [-128, 127].</param>
public sealed record Quantization(float Scale, int ZeroPoint);
