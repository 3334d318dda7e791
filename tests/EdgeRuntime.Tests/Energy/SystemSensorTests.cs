using EdgeRuntime.Energy;
using EdgeRuntime.Energy.Sensors;
using Xunit;

namespace EdgeRuntime.Tests.Energy;

public sealed class SystemSensorTests : IDisposable
{
    private const string Battery = "sys/class/power_supply/BAT0";

    private readonly SystemTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void HwmonPrefersPowerAndCurrentSensors()
    {
        _tree.With("sys/class/hwmon/hwmon0", "name", "cpu_thermal", "temp1_input", "45000")
            .With("sys/class/hwmon/hwmon1", "name", "rpi_volt", "in0_lcrit_alarm", "0")
            .With("sys/class/hwmon/hwmon2", "name", "amdgpu", "power1_average", "9000000")
            .With("sys/class/hwmon/hwmon10", "name", "ina219", "power1_input", "3540000", "in1_input", "5000", "curr1_input", "-708");
        using HwmonSensor sensor = HwmonSensor.Open(_tree.Root);
        Assert.Equal("measured:hwmon:ina219", sensor.Source);
        Assert.Equal(3.54, sensor.Read().Watts, 9);
        _tree.With("sys/class/hwmon/hwmon10", "power1_input", "2650000");
        Assert.Equal(2.65, sensor.Read().Watts, 9);
        using HwmonSensor named = HwmonSensor.Open(_tree.Root, "hwmon2");
        Assert.Equal(9, named.Read().Watts, 9);
        Assert.Contains("ina219, amdgpu", Assert.Throws<SensorException>(() => HwmonSensor.Open(_tree.Root, "ina3221")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HwmonMultipliesVoltageAndSignedCurrent()
    {
        _tree.With("sys/class/hwmon/hwmon0", "name", "ina3221", "in1_input", "5100", "curr1_input", "-700");
        using HwmonSensor sensor = HwmonSensor.Open(_tree.Root);
        Assert.Equal(-3.57, sensor.Read().Watts, 9);
    }

    [Fact]
    public void ASensorThatVanishesIsAnErrorAndMayComeBack()
    {
        _tree.With("sys/class/hwmon/hwmon0", "name", "ina219", "power1_input", "1000000");
        using HwmonSensor sensor = HwmonSensor.Open(_tree.Root);
        string file = Path.Combine(_tree.Root, "sys/class/hwmon/hwmon0/power1_input");
        File.WriteAllText(file, "nonsense");
        Assert.Contains("whole number", Assert.Throws<SensorException>(() => sensor.Read()).Message, StringComparison.Ordinal);
        File.Delete(file);
        Assert.Throws<SensorException>(() => sensor.Read());
        File.WriteAllText(file, "2000000\n");
        Assert.Equal(2, sensor.Read().Watts);
    }

    [Fact]
    public void RaplAddsPackagesAndMemoryAndWraps()
    {
        _tree.With("sys/class/powercap/intel-rapl:0", "name", "package-0", "energy_uj", "999000000", "max_energy_range_uj", "1000000000")
            .With("sys/class/powercap/intel-rapl:0:0", "name", "core", "energy_uj", "5", "max_energy_range_uj", "1000000000")
            .With("sys/class/powercap/intel-rapl:0:1", "name", "dram", "energy_uj", "1000000", "max_energy_range_uj", "65000000");
        using RaplSensor sensor = RaplSensor.Open(_tree.Root);
        Assert.Equal(0, sensor.Read().Joules);
        _tree.With("sys/class/powercap/intel-rapl:0", "energy_uj", "2000000").With("sys/class/powercap/intel-rapl:0:1", "energy_uj", "1500000")
            .With("sys/class/powercap/intel-rapl:0:0", "energy_uj", "900000000");
        Assert.Equal(3.5, sensor.Read().Joules, 6);
        Assert.Equal(0, sensor.Read().Joules, 6);
    }

    [Fact]
    public void RaplTakesTheWholePlatformWhereItIsCounted()
    {
        _tree.With("sys/class/powercap/intel-rapl:0", "name", "package-0", "energy_uj", "0", "max_energy_range_uj", "1000")
            .With("sys/class/powercap/intel-rapl:1", "name", "psys", "energy_uj", "0", "max_energy_range_uj", "1000000000");
        using RaplSensor sensor = RaplSensor.Open(_tree.Root);
        _tree.With("sys/class/powercap/intel-rapl:1", "energy_uj", "7000000").With("sys/class/powercap/intel-rapl:0", "energy_uj", "900");
        Assert.Equal(7, sensor.Read().Joules, 6);
    }

    [Fact]
    public void ABatteryTellsPowerAndEnergyLeft()
    {
        _tree.With(Battery, "type", "Battery", "status", "Discharging", "power_now", "4200000", "energy_now", "20000000", "capacity", "80")
            .With("sys/class/power_supply/mouse", "type", "Battery", "scope", "Device", "status", "Discharging", "power_now", "1");
        using BatteryGauge gauge = BatteryGauge.Open(_tree.Root);
        Assert.Equal("measured:battery:BAT0", gauge.Source);
        Assert.Equal(4.2, gauge.Read().Watts, 9);
        BatteryState state = gauge.ReadState();
        Assert.Equal((72000, 0.8, true), (Math.Round(state.JoulesLeft!.Value, 6), state.Share, state.IsDischarging));
        _tree.With(Battery, "status", "Charging");
        Assert.Contains("does not discharge", Assert.Throws<SensorException>(() => gauge.Read()).Message, StringComparison.Ordinal);
        Assert.False(gauge.ReadState().IsDischarging);
    }

    [Fact]
    public void ABatteryMayTellCurrentAndChargeInstead()
    {
        _tree.With(Battery, "type", "Battery", "status", "Discharging", "current_now", "-500000", "voltage_now", "3700000", "charge_now", "2000000");
        using BatteryGauge gauge = BatteryGauge.Open(_tree.Root);
        Assert.Equal(1.85, gauge.Read().Watts, 9);
        Assert.Equal(2 * 3600 * 3.7, gauge.ReadState().JoulesLeft!.Value, 6);
    }

    [Fact]
    public void APercentageNeedsTheCapacity()
    {
        _tree.With(Battery, "type", "Battery", "status", "Discharging", "capacity", "50");
        using BatteryGauge unknown = BatteryGauge.Open(_tree.Root);
        Assert.Null(unknown.ReadState().JoulesLeft);
        Assert.Throws<SensorException>(() => unknown.Read());
        using BatteryGauge known = BatteryGauge.Open(_tree.Root, wattHours: 10);
        Assert.Equal(18000, known.ReadState().JoulesLeft!.Value, 6);
    }

    [Fact]
    public void NothingThereSaysWhatToDo()
    {
        foreach (Func<IDisposable> open in (Func<IDisposable>[])[() => HwmonSensor.Open(_tree.Root), () => RaplSensor.Open(_tree.Root), () => BatteryGauge.Open(_tree.Root), () => new PowerSensors(_tree.Root).Open("auto")])
        {
            SensorException e = Assert.Throws<SensorException>(open);
            Assert.Equal(5, e.ExitCode);
            Assert.EndsWith(".", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void TheBoardIsKnownByItsDeviceTree()
    {
        _tree.With("proc/device-tree", "model", "Raspberry Pi 4 Model B Rev 1.5\0");
        Assert.Equal("pi4", BoardPower.Detect(_tree.Root));
        using IPowerSensor sensor = new PowerSensors(_tree.Root).Open("auto");
        Assert.Equal("modelled:pi4", sensor.Source);
    }

    [Fact]
    public void EveryProfileIsReadable()
    {
        Assert.Contains("pi5", BoardPower.Known);
        BoardPower pi4 = BoardPower.Read("pi4");
        Assert.Equal(3.54, pi4.ActiveWatts(1));
        Assert.True(pi4.ActiveWatts(4) > pi4.ActiveWatts(2) && pi4.ActiveWatts(2) > 3.54);
    }

    [Theory]
    [InlineData("ina218", "no kind of sensor")]
    [InlineData("ina219@1", "no address")]
    [InlineData("ina219@1-0100", "no address")]
    [InlineData("ina219,volts=3", "shunt=NUMBER")]
    [InlineData("ina219,shunt=x", "shunt=NUMBER")]
    [InlineData("ina260,shunt=0.1", "takes none")]
    [InlineData("replay:", "replay:FILE")]
    [InlineData("model,idle=3", "'active' is missing")]
    public void WrongSpecificationsAreUsageErrors(string text, string expected)
    {
        EdgeRuntimeException e = Assert.Throws<EdgeRuntimeException>(() => new PowerSensors(_tree.Root).Open(text));
        Assert.Equal(2, e.ExitCode);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PmicTextIsSummedOverRailsThatHaveBoth()
    {
        const string Text = "     3V7_WL_SW_A current(0)=0.10000000A\n       VDD_CORE_A current(7)=2.00000000A\n     3V7_WL_SW_V volt(8)=3.70000000V\n"
            + "       VDD_CORE_V volt(15)=0.80000000V\n        EXT5V_V volt(24)=5.15562000V\n         BATT_V volt(25)=0.00000000V\n";
        Assert.Equal(1.97, PmicText.RailWatts(Text), 9);
        using PmicSensor sensor = new(() => Text);
        Assert.Equal((1.1451 * 1.97) + 0.5879, sensor.Read().Watts, 9);
        using PmicSensor broken = new(() => "error=1 error_msg=\"Command not registered\"");
        Assert.Throws<SensorException>(() => broken.Read());
    }
}
