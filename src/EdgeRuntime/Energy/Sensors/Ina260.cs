namespace EdgeRuntime.Energy.Sensors;

/// <summary>Texas Instruments INA260, with its shunt inside (data sheet SBOS656).</summary>
public sealed class Ina260 : InaSensor
{
    private const byte Configuration = 0x00;
    private const byte Current = 0x01;
    private const byte BusVoltage = 0x02;
    private const byte MaskEnable = 0x06;
    private const byte ManufacturerId = 0xfe;
    private const byte DieId = 0xff;

    private const double CurrentLsb = 0.00125;
    private const double BusLsb = 0.00125;
    private const ushort ConversionReady = 1 << 3;
    private const ushort MathOverflow = 1 << 2;

    // Bits 14 and 13 always read 1; averages of 4; 1.1 ms for each of bus and shunt (8.8 ms in all); continuous.
    private const ushort Settings = 0x6000 | (0b001 << 9) | (0b100 << 6) | (0b100 << 3) | 0b111;

    /// <summary>Sets the chip up.</summary>
    /// <param name="bus">Where it is; usual addresses are 40 to 4f (hexadecimal).</param>
    /// <exception cref="SensorException">It does not answer, or is another chip.</exception>
    public Ina260(IRegisterBus bus)
        : base(bus, "ina260")
    {
        Expect(ManufacturerId, 0x5449, "INA260");
        Expect(DieId, 0x2270, "INA260");
        Configure(Configuration, Settings);
    }

    /// <inheritdoc/>
    public override TimeSpan Interval => TimeSpan.FromMilliseconds(10);

    /// <inheritdoc/>
    public override PowerReading Read()
    {
        // Reading this register clears the conversion-ready flag.
        ushort flags = Register(MaskEnable);
        if ((flags & MathOverflow) != 0)
        {
            throw Overflow();
        }

        return (flags & ConversionReady) == 0
            ? PowerReading.Stale
            : Result(Register(BusVoltage) * BusLsb, (short)Register(Current) * CurrentLsb);
    }
}
