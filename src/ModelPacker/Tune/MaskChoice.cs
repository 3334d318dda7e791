using ModelPacker.Perforate;

namespace ModelPacker.Tune;

/// <summary>What a layer is perforated with.</summary>
/// <param name="Rung">Index into <see cref="Ladder.Shares"/>; 0 is dense.</param>
/// <param name="Kind">Kind of mask.</param>
/// <param name="Draw">Which of the random draws; of <see cref="MaskKind.IterativeImpact"/> the step of the search whose network the mask was made from.</param>
/// <param name="Wide">Whether the layer's partners get the same support.</param>
public readonly record struct MaskChoice(int Rung, MaskKind Kind, int Draw, bool Wide);
