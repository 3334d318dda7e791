namespace EdgeRuntime.Energy;

/// <summary>A change in what a meter can tell, said once when it happens.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Seconds">When, on the meter's clock.</param>
/// <param name="Duration">Seconds that the gap or the failure lasted; 0 when one begins.</param>
/// <param name="Message">For people.</param>
public readonly record struct MeterNotice(MeterNoticeKind Kind, double Seconds, double Duration, string Message);
