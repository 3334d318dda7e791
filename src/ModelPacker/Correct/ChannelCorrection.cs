namespace ModelPacker.Correct;

/// <summary>What turns a layer's accumulators into better ones: y ← scale[n]·y + shift[n], before the activation.</summary>
/// <param name="Scale">Per output channel; 1: none.</param>
/// <param name="Shift">Per output channel, in real units; 0: none.</param>
public sealed record ChannelCorrection(float[] Scale, float[] Shift);
