namespace EdgeRuntime.Energy.Sensors;

/// <summary>Texas Instruments INA226 (data sheet SBOS547).</summary>
public sealed class Ina226 : InaSensor
{
    private const byte Configuration = 0x00;
    private const byte BusVoltage = 0x02;
    private const byte Current = 0x04;
    private const byte Calibration = 0x05;
    private const byte MaskEnable = 0x06;
    private const byte ManufacturerId = 0xfe;
    private const byte DieId = 0xff;

    private const double Factor = 0.00512;
    private const double BusLsb = 0.00125;
    private const double LargestDrop = 0.08192;
    private const ushort ConversionReady = 1 << 3;
    private const ushort MathOverflow = 1 << 2;

    // Bit 14 always reads 1; averages of 4; 1.1 ms for each of bus and shunt (8.8 ms in all); continuous.
    private const ushort Settings = 0x4000 | (0b001 << 9) | (0b100 << 6) | (0b100 << 3) | 0b111;

    private readonly InaScale _scale;

    /// <summary>Sets the chip up.</summary>
    /// <param name="bus">Where it is; usual addresses are 40 to 4f (hexadecimal).</param>
    /// <param name="shuntOhms">Resistance of the shunt; 0.1, 0.01 or 0.002 on most breakout boards.</param>
    /// <param name="maximumAmperes">Largest current expected; null is the most that the shunt allows.</param>
    /// <exception cref="SensorException">It does not answer, is another chip, or shunt and current do not go together.</exception>
    public Ina226(IRegisterBus bus, double shuntOhms = 0.1, double? maximumAmperes = null)
        : base(bus, "ina226")
    {
        double maximum = maximumAmperes ?? LargestDrop / shuntOhms;
        if (maximum * shuntOhms > LargestDrop * 1.001)
        {
            throw new SensorException(Source, FormattableString.Invariant($"{maximum} A through {shuntOhms} ohm drop {maximum * shuntOhms * 1000:0} mV; the chip measures 81.9"), "Give a smaller 'max=', or use a shunt of less resistance");
        }

        _scale = InaScale.Of(Factor, shuntOhms, maximum, 0x7fff, Source);
        Expect(ManufacturerId, 0x5449, "INA226");
        Expect(DieId, 0x2260, "INA226");
        SetUp();
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

        if ((flags & ConversionReady) == 0)
        {
            return PowerReading.Stale;
        }

        double volts = Register(BusVoltage) * BusLsb;
        double amperes = (short)Register(Current) * _scale.CurrentLsb;
        if (amperes == 0 && Register(Calibration) != _scale.Calibration)
        {
            // A dip of the supply has reset the chip: without its calibration it reads zero for ever.
            SetUp();
            throw new SensorException(Source, "the sensor had lost its settings, as after a dip of its supply", "They are set again; if it happens often, check the supply");
        }

        return Result(volts, amperes);
    }

    private void SetUp()
    {
        Configure(Configuration, Settings);
        Configure(Calibration, _scale.Calibration);
    }
}
