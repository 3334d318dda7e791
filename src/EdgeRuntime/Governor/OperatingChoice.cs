namespace EdgeRuntime.Governing;

/// <summary>An operating point as the governor sees it.</summary>
/// <param name="Index">Its index in the bundle.</param>
/// <param name="Name">Its name.</param>
/// <param name="Milliseconds">Expected time of one inference, on any scale: only ratios count, the scale is measured.</param>
/// <param name="Quality">How good its answers are, more is better: the share of right ones, or minus the loss.</param>
/// <param name="Millijoules">Expected gross energy of one inference; null if unknown.</param>
public sealed record OperatingChoice(int Index, string Name, double Milliseconds, double Quality, double? Millijoules);
