namespace EdgeRuntime.Triggers;

/// <summary>Something happened.</summary>
/// <param name="At">When, on <see cref="Platform.Clock"/>.</param>
/// <param name="Missed">Events between this one and the one before that nobody could answer.</param>
/// <param name="KernelTime">The kernel told the time; else it was taken when the program noticed.</param>
public readonly record struct TriggerEvent(long At, long Missed, bool KernelTime);
