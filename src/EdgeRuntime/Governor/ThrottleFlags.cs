namespace EdgeRuntime.Governing;

/// <summary>What holds a Raspberry Pi back, in the bits of <c>vcgencmd get_throttled</c>.</summary>
[Flags]
public enum ThrottleFlags
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The supply's voltage is too low now.</summary>
    UnderVoltage = 1 << 0,

    /// <summary>The clock is capped now.</summary>
    FrequencyCapped = 1 << 1,

    /// <summary>The processor is throttled now.</summary>
    Throttled = 1 << 2,

    /// <summary>The soft temperature limit holds now.</summary>
    SoftTemperatureLimit = 1 << 3,
}
