namespace EdgeRuntime.Governing;

/// <summary>What keeps a governor from its goals.</summary>
[Flags]
public enum GovernorTroubles
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A goal about power is set and power is not measured.</summary>
    NoPower = 1 << 0,

    /// <summary>A battery goal is set and the gauge does not answer.</summary>
    NoBattery = 1 << 1,

    /// <summary>A temperature goal is set and the temperature is not known.</summary>
    NoTemperature = 1 << 2,

    /// <summary>Not even the cheapest choice meets a goal.</summary>
    Unreachable = 1 << 3,

    /// <summary>The supply's voltage is too low.</summary>
    UnderVoltage = 1 << 4,
}
