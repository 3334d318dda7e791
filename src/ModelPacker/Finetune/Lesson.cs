using ModelPacker.Gradients.Losses;

namespace ModelPacker.Finetune;

/// <summary>What a batch is taught.</summary>
/// <param name="Loss">The loss.</param>
/// <param name="Classes">The right class of every picture; null where there are none.</param>
internal sealed record Lesson(ILoss Loss, int[]? Classes);
