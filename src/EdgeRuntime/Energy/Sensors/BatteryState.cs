namespace EdgeRuntime.Energy.Sensors;

/// <summary>What a battery's gauge says.</summary>
/// <param name="JoulesLeft">Energy left; null where the gauge does not tell.</param>
/// <param name="Share">Charge left, 0 to 1; null where the gauge does not tell.</param>
/// <param name="IsDischarging">Whether the board runs from it.</param>
public readonly record struct BatteryState(double? JoulesLeft, double? Share, bool IsDischarging);
