using EdgeRuntime.Energy;
using EdgeRuntime.Energy.Sensors;
using Xunit;

namespace EdgeRuntime.Tests.Energy;

/// <summary>The worked examples of the data sheets: 10 A through 2 milliohm at 11.98 V.</summary>
public sealed class InaTests
{
    private const double Shunt = 0.002;

    // The data sheets round the current LSB of 457.7 µA for 15 A up to 1 mA, which is that of 32.768 A.
    private const double Maximum = 32.768;

    [Fact]
    public void Ina219CalibratesAsTheDataSheet()
    {
        FakeRegisters chip = new() { [0x02] = 0x5d98 | 2, [0x04] = 0x2710, [0x03] = 0x1766 };
        using Ina219 sensor = new(chip, Shunt, Maximum);
        Assert.Equal(0x5000, chip[0x05]);

        // 32 V range; 65.5 mV full scale needs the gain of 80 mV.
        Assert.Equal(0x2000 | (1 << 11), chip[0x00] & 0x3800);
        PowerReading reading = sensor.Read();
        Assert.True(reading.IsFresh);
        Assert.Equal(119.8, reading.Watts, 3);
        Assert.Equal(11.98, sensor.Volts, 6);
        Assert.Equal(10.0, sensor.Amperes, 6);
        Assert.Equal("measured:ina219@1-0040", sensor.Source);
    }

    [Fact]
    public void Ina226CalibratesAsTheDataSheet()
    {
        FakeRegisters chip = new() { [0xfe] = 0x5449, [0xff] = 0x2260, [0x06] = 8, [0x02] = 0x2570, [0x04] = 0x2710 };
        using Ina226 sensor = new(chip, Shunt, Maximum);
        Assert.Equal(0x0a00, chip[0x05]);
        Assert.Equal(119.8, sensor.Read().Watts, 3);
        Assert.Equal((11.98, 10.0), (Math.Round(sensor.Volts, 6), Math.Round(sensor.Amperes, 6)));
    }

    [Fact]
    public void Ina260NeedsNoCalibration()
    {
        FakeRegisters chip = new() { [0xfe] = 0x5449, [0xff] = 0x2270, [0x06] = 8, [0x01] = 0x1f40, [0x02] = 0x2570 };
        using Ina260 sensor = new(chip);
        Assert.Equal(119.8, sensor.Read().Watts, 3);
        Assert.Equal("measured:ina260@1-0040", sensor.Source);
    }

    [Fact]
    public void CurrentIsSigned()
    {
        FakeRegisters ina219 = new() { [0x02] = (2995 << 3) | 2, [0x04] = 0xfc18 };
        using Ina219 first = new(ina219, Shunt, Maximum);
        Assert.Equal(-11.98, first.Read().Watts, 4);
        FakeRegisters ina260 = new() { [0xfe] = 0x5449, [0xff] = 0x2270, [0x06] = 8, [0x01] = 0xffff, [0x02] = 4000 };
        using Ina260 second = new(ina260);
        Assert.Equal(-0.00625, second.Read().Watts, 8);
    }

    [Fact]
    public void TheUsualBreakoutHasFineSteps()
    {
        FakeRegisters chip = new() { [0x02] = (1250 << 3) | 2 };
        using Ina219 sensor = new(chip, 0.1, 3.2);
        chip[0x04] = 1;

        // 3.2 A / 2^15 = 97.66 µA; trunc(0.04096 / (97.66 µA · 0.1)) = 4194, of which the lowest bit cannot be set.
        Assert.Equal(4194, chip[0x05]);
        Assert.Equal(5.0 * (0.04096 / (4194 * 0.1)), sensor.Read().Watts, 9);
    }

    [Fact]
    public void OverflowIsAnErrorAndNoReadingIsStale()
    {
        FakeRegisters ina219 = new() { [0x02] = (1250 << 3) | 3, [0x04] = 100 };
        using Ina219 first = new(ina219);
        Assert.Contains("larger than the sensor", Assert.Throws<SensorException>(() => first.Read()).Message, StringComparison.Ordinal);
        ina219[0x02] = 1250 << 3;
        Assert.False(first.Read().IsFresh);

        FakeRegisters ina226 = new() { [0xfe] = 0x5449, [0xff] = 0x2260, [0x06] = 8 | 4 };
        using Ina226 second = new(ina226);
        Assert.Throws<SensorException>(() => second.Read());
        ina226[0x06] = 0;
        Assert.False(second.Read().IsFresh);
    }

    [Fact]
    public void ReadyIsClearedSoThatAConversionCountsOnce()
    {
        FakeRegisters chip = new() { [0x02] = (1250 << 3) | 2, [0x04] = 1000 };
        chip.AfterRead = register =>
        {
            if (register == 0x03)
            {
                chip[0x02] &= 0xfffd;
            }
        };
        using Ina219 sensor = new(chip);
        Assert.True(sensor.Read().IsFresh);
        Assert.False(sensor.Read().IsFresh);
    }

    [Fact]
    public void AChipThatWasResetIsSetUpAgain()
    {
        FakeRegisters chip = new() { [0x02] = (1250 << 3) | 2, [0x04] = 1000 };
        using Ina219 sensor = new(chip);
        ushort calibration = chip[0x05];
        chip[0x00] = 0x399f;
        chip[0x05] = 0;
        chip[0x04] = 0;
        Assert.Contains("lost its settings", Assert.Throws<SensorException>(() => sensor.Read()).Message, StringComparison.Ordinal);
        Assert.Equal(calibration, chip[0x05]);
        chip[0x04] = 1000;
        Assert.True(sensor.Read().Watts > 0);

        // A current that really is zero is no reset.
        chip[0x04] = 0;
        Assert.Equal(0, sensor.Read().Watts);
    }

    [Fact]
    public void OtherChipsAndSilentOnesAreRefused()
    {
        FakeRegisters other = new() { [0xfe] = 0x5449, [0xff] = 0x2260 };
        Assert.Contains("no INA260", Assert.Throws<SensorException>(() => new Ina260(other)).Message, StringComparison.Ordinal);
        Assert.Throws<SensorException>(() => new Ina219(new FakeRegisters { IsSilent = true }));
        FakeRegisters chip = new() { [0x02] = (1250 << 3) | 2, [0x04] = 1000 };
        using Ina219 sensor = new(chip);
        chip.IsSilent = true;
        Assert.Throws<SensorException>(() => sensor.Read());
    }

    [Theory]
    [InlineData(0.1, 5)]
    [InlineData(0, 1)]
    [InlineData(10, 0.000001)]
    public void ShuntsThatDoNotFitAreRefused(double shunt, double maximum)
        => Assert.Throws<SensorException>(() => new Ina219(new FakeRegisters(), shunt, maximum));
}
