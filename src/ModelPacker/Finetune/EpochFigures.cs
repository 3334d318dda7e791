namespace ModelPacker.Finetune;

/// <summary>How an epoch went.</summary>
/// <param name="Epoch">Counted from 1.</param>
/// <param name="Loss">Mean loss over the training pictures, as they were shown.</param>
/// <param name="Top1">Per cent of them that were answered right; null where there are no classes.</param>
/// <param name="HeldBackLoss">Mean over the trained points, on the pictures held back, by the int8 runtime.</param>
/// <param name="HeldBackTop1">Alike, per cent.</param>
public sealed record EpochFigures(int Epoch, double Loss, double? Top1, double HeldBackLoss, double? HeldBackTop1);
