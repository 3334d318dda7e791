namespace EdgeRuntime.Triggers.Gpio;

/// <summary>Which change of a line fires.</summary>
public enum GpioEdge
{
    /// <summary>High to low: a button or sensor that pulls the line down.</summary>
    Falling,

    /// <summary>Low to high.</summary>
    Rising,
}
