using EdgeRuntime.Bundles;

namespace ModelPacker.Tune;

/// <summary>A network that was trained for a while before one of several was chosen for a speed-up.</summary>
/// <param name="Point">The point that it could have become.</param>
/// <param name="Input">Its picture where that is a smaller one, else null.</param>
/// <param name="Cost">Predicted.</param>
/// <param name="Found">As the search judged it, on its pictures.</param>
/// <param name="Trained">After the trial, on pictures that this did not show.</param>
/// <param name="Chosen">Whether it became the point.</param>
public sealed record TriedPoint(string Point, InputSize? Input, double Cost, Judgement Found, PointQuality Trained, bool Chosen);
