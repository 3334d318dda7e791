namespace EdgeRuntime.Energy.Sensors;

/// <summary>Texas Instruments INA219 (data sheet SBOS448).</summary>
public sealed class Ina219 : InaSensor
{
    private const byte Configuration = 0x00;
    private const byte BusVoltage = 0x02;
    private const byte Power = 0x03;
    private const byte Current = 0x04;
    private const byte Calibration = 0x05;

    private const double Factor = 0.04096;
    private const double BusLsb = 0.004;
    private const ushort ConversionReady = 1 << 1;
    private const ushort MathOverflow = 1 << 0;

    // Bus range 32 V; both converters average 8 samples of 12 bits (4.26 ms each); continuous, shunt and bus.
    private const ushort Base = 0x2000 | (0b1011 << 7) | (0b1011 << 3) | 0b111;

    private readonly InaScale _scale;
    private readonly ushort _configuration;

    /// <summary>Sets the chip up.</summary>
    /// <param name="bus">Where it is; usual addresses are 40 to 4f (hexadecimal).</param>
    /// <param name="shuntOhms">Resistance of the shunt; 0.1 on most breakout boards.</param>
    /// <param name="maximumAmperes">Largest current expected.</param>
    /// <exception cref="SensorException">It does not answer, or shunt and current do not go together.</exception>
    public Ina219(IRegisterBus bus, double shuntOhms = 0.1, double maximumAmperes = 3.2)
        : base(bus, "ina219")
    {
        _scale = InaScale.Of(Factor, shuntOhms, maximumAmperes, 0xfffe, Source);
        double drop = shuntOhms * maximumAmperes;
        if (drop > 0.3201)
        {
            throw new SensorException(Source, FormattableString.Invariant($"{maximumAmperes} A through {shuntOhms} ohm drop {drop * 1000:0} mV; the chip measures 320"), "Give a smaller 'max=', or use a shunt of less resistance");
        }

        int gain = drop <= 0.04 ? 0 : drop <= 0.08 ? 1 : drop <= 0.16 ? 2 : 3;
        _configuration = (ushort)(Base | (gain << 11));
        SetUp();
    }

    /// <inheritdoc/>
    public override TimeSpan Interval => TimeSpan.FromMilliseconds(10);

    /// <inheritdoc/>
    public override PowerReading Read()
    {
        ushort bus = Register(BusVoltage);
        if ((bus & MathOverflow) != 0)
        {
            throw Overflow();
        }

        if ((bus & ConversionReady) == 0)
        {
            return PowerReading.Stale;
        }

        double amperes = (short)Register(Current) * _scale.CurrentLsb;

        // Reading the power register is what clears the conversion-ready flag.
        _ = Register(Power);
        if (amperes == 0 && Register(Calibration) != _scale.Calibration)
        {
            // A dip of the supply has reset the chip: without its calibration it reads zero for ever.
            SetUp();
            throw new SensorException(Source, "the sensor had lost its settings, as after a dip of its supply", "They are set again; if it happens often, check the supply");
        }

        return Result((bus >> 3) * BusLsb, amperes);
    }

    private void SetUp()
    {
        Configure(Configuration, _configuration);
        Configure(Calibration, _scale.Calibration);
    }
}
