namespace EdgeRuntime.Energy.Sensors;

/// <summary>The power converter of a Raspberry Pi 5. It measures the board's rails, not its input; <see cref="PmicText"/> says how one follows from the other.</summary>
public sealed class PmicSensor : IPowerSensor
{
    private readonly Func<string> _ask;

    /// <param name="ask">Gives the text of <c>vcgencmd pmic_read_adc</c>; null asks the firmware.</param>
    public PmicSensor(Func<string>? ask = null) => _ask = ask ?? (() => VideoCore.Ask("pmic_read_adc"));

    /// <inheritdoc/>
    public string Source => "measured:pmic";

    /// <inheritdoc/>
    public TimeSpan Interval => TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public bool IsImmediate => false;

    /// <inheritdoc/>
    public PowerReading Read() => PowerReading.Power(PmicText.InputWatts(PmicText.RailWatts(_ask())));

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
