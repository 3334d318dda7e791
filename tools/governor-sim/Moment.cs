namespace GovernorSim;

/// <summary>What is true when a frame starts; the governor is told only part of it.</summary>
internal readonly record struct Moment(int Number, double Start, double Celsius, double BatteryJoules, double SecondWatts);
