namespace EdgeRuntime.Energy.Sensors;

/// <summary>What the chips of the INA family share: they convert on their own, and a program reads the last result.</summary>
/// <remarks>Watts are signed current times bus voltage, both of the same conversion: the chips' own power register has no sign and steps 8 to 25 times as coarse.</remarks>
public abstract class InaSensor : IPowerSensor
{
    private readonly IRegisterBus _bus;

    /// <param name="bus">Where the chip is.</param>
    /// <param name="chip">Name of the chip in the source tag.</param>
    protected InaSensor(IRegisterBus bus, string chip)
    {
        ArgumentNullException.ThrowIfNull(bus);
        _bus = bus;
        Source = $"measured:{chip}@{bus.Name}";
    }

    /// <inheritdoc/>
    public string Source { get; }

    /// <inheritdoc/>
    public abstract TimeSpan Interval { get; }

    /// <inheritdoc/>
    public bool IsImmediate => false;

    /// <summary>Volts of the bus at the last fresh reading.</summary>
    public double Volts { get; protected set; }

    /// <summary>Amperes at the last fresh reading; negative when the current flows backwards.</summary>
    public double Amperes { get; protected set; }

    /// <inheritdoc/>
    public abstract PowerReading Read();

    /// <inheritdoc/>
    public void Dispose()
    {
        _bus.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Reads a register.</summary>
    protected ushort Register(byte register) => _bus.Read(register);

    /// <summary>Writes a register and reads it back.</summary>
    /// <exception cref="SensorException">The chip keeps another value: it is another chip, or the bus is disturbed.</exception>
    protected void Configure(byte register, ushort value)
    {
        _bus.Write(register, value);
        ushort back = _bus.Read(register);
        if (back != value)
        {
            throw new SensorException(Source, $"register {register:x2} was set to {value:x4} and reads {back:x4}", "Is it the chip named? Check the address and the wiring");
        }
    }

    /// <summary>Checks an identification register.</summary>
    /// <exception cref="SensorException">Another value.</exception>
    protected void Expect(byte register, ushort value, string chip)
    {
        ushort found = _bus.Read(register);
        if (found != value)
        {
            throw new SensorException(Source, $"this is no {chip}: register {register:x2} reads {found:x4} instead of {value:x4}", "Name the chip that is there, or its right address");
        }
    }

    /// <summary>The result of a conversion.</summary>
    protected PowerReading Result(double volts, double amperes)
    {
        Volts = volts;
        Amperes = amperes;
        return PowerReading.Power(volts * amperes);
    }

    /// <summary>The current is more than the calibration can express.</summary>
    protected SensorException Overflow()
        => new(Source, "the current is larger than the sensor can measure with this shunt", "Give a larger 'max=', or use a shunt of less resistance (10 to 20 milliohm)");
}
