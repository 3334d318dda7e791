using EdgeRuntime.Governing;
using EdgeRuntime.Tests.Energy;
using Xunit;

namespace EdgeRuntime.Tests.Governor;

public sealed class BoardHealthTests
{
    [Fact]
    public void TheProcessorsZoneAndTheFlagsAreRead()
    {
        using SystemTree tree = new();
        tree.With("sys/class/thermal/thermal_zone0", "type", "battery", "temp", "20000")
            .With("sys/class/thermal/thermal_zone1", "type", "cpu-thermal", "temp", "54300")
            .With("sys/devices/platform/soc/soc:firmware", "get_throttled", "50005");
        using BoardHealth health = new(tree.Root);
        Assert.Equal(54.3, health.ReadCelsius(), 9);
        Assert.Equal(ThrottleFlags.UnderVoltage | ThrottleFlags.Throttled, health.ReadThrottleFlags());
        tree.With("sys/class/thermal/thermal_zone1", "temp", "nonsense");
        Assert.True(double.IsNaN(health.ReadCelsius()));
        tree.With("sys/class/thermal/thermal_zone1", "temp", "60000");
        Assert.Equal(60, health.ReadCelsius(), 9);
    }

    [Fact]
    public void WithoutTheFlagsTheUnderVoltageAlarmIsRead()
    {
        using SystemTree tree = new();
        tree.With("sys/class/hwmon/hwmon0", "name", "cpu_thermal", "in0_lcrit_alarm", "1").With("sys/class/hwmon/hwmon2", "name", "rpi_volt", "in0_lcrit_alarm", "0");
        using BoardHealth health = new(tree.Root);
        Assert.True(health.HasThrottleFlags);
        Assert.Equal(ThrottleFlags.None, health.ReadThrottleFlags());
        tree.With("sys/class/hwmon/hwmon2", "in0_lcrit_alarm", "1");
        Assert.Equal(ThrottleFlags.UnderVoltage, health.ReadThrottleFlags());
    }

    [Fact]
    public void NothingThereIsNotAnError()
    {
        using SystemTree tree = new();
        using BoardHealth health = new(tree.Root);
        Assert.False(health.HasTemperature || health.HasThrottleFlags);
        Assert.True(double.IsNaN(health.ReadCelsius()));
        Assert.Equal(ThrottleFlags.None, health.ReadThrottleFlags());
    }
}
