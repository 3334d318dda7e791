using EdgeRuntime.Bundles;
using ModelPacker.Tune;

namespace ModelPacker.Finetune;

/// <summary>What a training made.</summary>
/// <param name="Bundle">The bundle with the best weights.</param>
/// <param name="Before">Every point before, on the pictures held back.</param>
/// <param name="After">Every point after, on the same.</param>
/// <param name="Labelled">Whether pictures are judged by labels, else by the answers of the dense point before the training.</param>
/// <param name="Distilled">Whether the dense point's answers were taught, else labels.</param>
/// <param name="Teacher">Name of another network whose answers were taught, beside the labels unless <paramref name="Distilled"/>; null: none.</param>
/// <param name="History">All epochs.</param>
/// <param name="BestEpoch">The epoch that the weights are of; 0: none was better than the weights that were there.</param>
/// <param name="Stopped">Why the training ended before its time, or null.</param>
public sealed record FinetuneResult(Bundle Bundle, IReadOnlyList<PointQuality> Before, IReadOnlyList<PointQuality> After, bool Labelled, bool Distilled, string? Teacher,
    IReadOnlyList<EpochFigures> History, int BestEpoch, string? Stopped);
