namespace EdgeRuntime.Device.Diagnosis;

/// <summary>The outcome of a check.</summary>
/// <param name="Check">A word for programs, for example <c>i2c</c>.</param>
/// <param name="State">How it is.</param>
/// <param name="What">What was found.</param>
/// <param name="Mend">What to do; null where nothing need be done.</param>
public sealed record Finding(string Check, FindingState State, string What, string? Mend = null);
