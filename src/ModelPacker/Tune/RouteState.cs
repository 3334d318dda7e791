using ModelPacker.Perforate;

namespace ModelPacker.Tune;

/// <summary>A network that the search came by, with re-fitted constants.</summary>
/// <param name="Cost">Predicted.</param>
/// <param name="Quality">On the search pictures.</param>
/// <param name="Resized">Its smaller picture, or null.</param>
/// <param name="Layers">Masks by step.</param>
internal sealed record RouteState(double Cost, Judgement Quality, ResizedNetwork? Resized, IReadOnlyDictionary<int, MaskChoice> Layers);
