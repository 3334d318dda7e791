namespace EdgeRuntime.Governing;

/// <summary>Names of goals, and of what else may limit the choice.</summary>
public enum Goal
{
    /// <summary>Nothing limits.</summary>
    None,

    /// <summary><see cref="Goals.MaxWatts"/>.</summary>
    Watts,

    /// <summary><see cref="Goals.MaxJoulesPerFrame"/>.</summary>
    JoulesPerFrame,

    /// <summary><see cref="Goals.BatteryHours"/>.</summary>
    Battery,

    /// <summary><see cref="Goals.DeadlineMs"/>.</summary>
    Deadline,

    /// <summary><see cref="Goals.MinFps"/>.</summary>
    Fps,

    /// <summary><see cref="Goals.MaxCelsius"/>.</summary>
    Celsius,

    /// <summary>The supply's voltage is too low.</summary>
    UnderVoltage,
}
