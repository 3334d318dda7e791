using ModelPacker.Perforate;

namespace ModelPacker.Tune;

/// <summary>What an operating point is made of.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Cost">Predicted.</param>
/// <param name="Quality">With its constants, on the search pictures.</param>
/// <param name="Tables">Rows and tables.</param>
/// <param name="Constants">Constants of its own, or null.</param>
/// <param name="Masks">Its masks, by step.</param>
/// <param name="Resized">The smaller picture that it runs at, or null.</param>
internal sealed record FoundPoint(string Name, double Cost, Judgement Quality, PointTables Tables, Dictionary<int, CorrectedConstants>? Constants, PerforatedStep[] Masks, ResizedNetwork? Resized);
