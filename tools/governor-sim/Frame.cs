using EdgeRuntime.Governing;

namespace GovernorSim;

/// <summary>One simulated frame.</summary>
/// <param name="Start">When its work began.</param>
/// <param name="Choice">Choice that ran.</param>
/// <param name="Milliseconds">Time of its work.</param>
/// <param name="Watts">Mean power from this frame's start to the next one's.</param>
/// <param name="Celsius">Temperature at its end.</param>
/// <param name="Seen">What the governor was told.</param>
/// <param name="Decision">What it decided.</param>
/// <param name="Estimate">Its estimate of the slow-down.</param>
internal readonly record struct Frame(double Start, int Choice, double Milliseconds, double Watts, double Celsius, Observation Seen, Decision Decision, double Estimate);
