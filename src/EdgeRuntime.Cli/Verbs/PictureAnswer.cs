using EdgeRuntime.Detections;
using EdgeRuntime.Images;

namespace EdgeRuntime.Cli.Verbs;

/// <summary>What the model says of one picture.</summary>
/// <param name="File">The picture's file.</param>
/// <param name="Picture">The picture.</param>
/// <param name="PrepareMilliseconds">Fitting and normalising.</param>
/// <param name="InferenceMilliseconds">Inference alone.</param>
/// <param name="Classes">Best classes, best first; null for other tasks.</param>
/// <param name="Detections">Boxes in fractions of the picture, best first; null for other tasks.</param>
/// <param name="Outputs">Outputs as numbers, where the task is neither.</param>
/// <param name="Hash">Of all outputs; the same on every CPU.</param>
internal sealed record PictureAnswer(string File, Picture Picture, double PrepareMilliseconds, double InferenceMilliseconds,
    Classification[]? Classes, Detection[]? Detections, OutputSummary[]? Outputs, ulong Hash);
