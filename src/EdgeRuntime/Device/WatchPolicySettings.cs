using EdgeRuntime.Governing;

namespace EdgeRuntime.Device;

/// <summary>How operating points are chosen.</summary>
/// <param name="Point">The only one, by name; null = the first. Counts when there are no goals and no cascade.</param>
/// <param name="Goals">What the governor keeps to.</param>
/// <param name="Cascade">Begin with a cheap point and look again where the answer is in doubt.</param>
/// <param name="LaterCaps">Caps on power that replace that of <paramref name="Goals"/> one after another; null for none.</param>
public sealed record WatchPolicySettings(string? Point, Goals Goals, bool Cascade, IReadOnlyList<PowerCap>? LaterCaps = null);
