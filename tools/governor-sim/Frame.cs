namespace GovernorSim;

/// <summary>One simulated frame.</summary>
/// <param name="Start">When its work began.</param>
/// <param name="Choice">Choice that ran.</param>
/// <param name="Milliseconds">Time of its work.</param>
/// <param name="Span">From its start to the next one's, in seconds.</param>
/// <param name="Watts">Mean power over that.</param>
/// <param name="WorkJoules">Energy of its work.</param>
/// <param name="Celsius">Temperature at the end of that.</param>
/// <param name="BatteryJoules">Energy left then.</param>
internal sealed record Frame(double Start, int Choice, double Milliseconds, double Span, double Watts, double WorkJoules, double Celsius, double BatteryJoules);
