using EdgeRuntime.Energy;
using EdgeRuntime.Energy.Sensors;
using Xunit;

namespace EdgeRuntime.Tests.Energy;

public sealed class EnergyMeterTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void PowerIsIntegratedByTheTrapezoidRule()
    {
        EnergyCurve curve = new(100, 1);
        foreach ((double seconds, double watts) in (ReadOnlySpan<(double, double)>)[(0, 2), (0.5, 4), (1.5, 4), (2, 0)])
        {
            Assert.Equal(0, curve.Add(seconds, PowerReading.Power(watts)));
        }

        Assert.Equal(1.5 + 4 + 1, curve.Joules, 12);
        Assert.Equal(2, curve.CoveredSeconds);

        // Inside a segment power runs in a straight line: ∫ 2 + 4t over [0, 0.25].
        Assert.Equal(0.5 + 0.125, curve.Between(0, 0.25), 12);
        Assert.Equal(curve.Joules, curve.Between(0, 1.1) + curve.Between(1.1, 2), 12);
    }

    [Fact]
    public void GapsAreFoundAndNothingIsInvented()
    {
        EnergyCurve curve = new(100, 0.2);
        curve.Add(0, PowerReading.Power(5));
        curve.Add(0.1, PowerReading.Power(5));
        Assert.Equal(0.9, curve.Add(1, PowerReading.Power(5)), 9);
        curve.Add(1.1, PowerReading.Power(5));
        Assert.Equal(1.0, curve.Joules, 9);
        Assert.Equal((0.2, 0.9, 1), (Math.Round(curve.CoveredSeconds, 9), Math.Round(curve.GapSeconds, 9), curve.Gaps));
        Assert.True(double.IsNaN(curve.Between(0, 1.1)));
        Assert.Equal(0.5, curve.Between(1, 1.1), 9);
        Assert.True(double.IsNaN(curve.Between(1, 2)));
        Assert.Equal(0.5, curve.Between(1.1, 1.2), 9);
    }

    [Fact]
    public void StaleReadingsCountForNothing()
    {
        EnergyCurve curve = new(100, 0.2);
        curve.Add(0, PowerReading.Power(5));
        for (int i = 1; i <= 10; i++)
        {
            curve.Add(i * 0.05, PowerReading.Stale);
        }

        Assert.Equal(0, curve.CoveredSeconds);
        Assert.Equal(0.55, curve.Add(0.55, PowerReading.Power(5)), 9);
    }

    [Fact]
    public void CountersKnowNoGaps()
    {
        EnergyCurve curve = new(100, 0.2);
        curve.Add(0, PowerReading.Energy(0));
        Assert.Equal(0, curve.Add(10, PowerReading.Energy(30)));
        Assert.Equal(30, curve.Joules);
        Assert.Equal(15, curve.Between(0, 5), 12);
        Assert.Equal(3, curve.Watts);
    }

    [Fact]
    public void OldTimesGoOutOfReach()
    {
        EnergyCurve curve = new(4, 10);
        for (int i = 0; i < 10; i++)
        {
            curve.Add(i, PowerReading.Power(1));
        }

        Assert.Equal(9, curve.Joules);
        Assert.True(double.IsNaN(curve.Between(5, 8)));
        Assert.Equal(3, curve.Between(6, 9), 12);
    }

    [Fact]
    public void FramesOfAModelAreExact()
    {
        BoardPower board = new("test", "Test", 4, 2, 3, null);
        using EnergyMeter meter = new(new ModelSensor(board, 1, _time), 2, null, _time);
        meter.Sample();
        _time.Advance(1);
        meter.BeginFrame();
        _time.Advance(0.3);
        FrameEnergy first = meter.EndFrame();
        Assert.Equal(0.9, first.GrossJoules, 9);
        Assert.Equal(0.3, first.NetJoules, 9);
        Assert.True(double.IsNaN(first.PeriodJoules));
        _time.Advance(0.7);
        meter.BeginFrame();
        _time.Advance(0.1);
        FrameEnergy second = meter.EndFrame();
        Assert.Equal(1, second.PeriodSeconds, 9);
        Assert.Equal(0.9 + 1.4, second.PeriodJoules, 9);
        Assert.Equal(0.3, second.GrossJoules, 9);
        Assert.Equal("modelled:test", meter.Source);
    }

    [Fact]
    public void TracesAreReplayedOverAndOver()
    {
        PowerTrace trace = PowerTrace.Parse(["seconds,watts", "10,2", "12,4", "# pause", "14,4"], "trace");
        Assert.Equal(4, trace.Seconds);
        Assert.Equal(14, trace.JoulesAt(4), 12);
        Assert.Equal(2.5, trace.JoulesAt(1), 12);
        Assert.Equal(28 + 2.5, trace.JoulesAt(9), 12);
        using EnergyMeter meter = new(new ReplaySensor(trace, "trace.csv", _time), null, null, _time);
        meter.Sample();
        _time.Advance(4);
        meter.Sample();
        Assert.Equal(14, meter.Totals.Joules, 9);
        Assert.Equal("replay:trace.csv", meter.Source);
    }

    [Theory]
    [InlineData("1,2")]
    [InlineData("1,2\n1,3")]
    [InlineData("1,2\n2,x")]
    [InlineData("1,2\n2,1e9")]
    [InlineData("hello")]
    public void DamagedTracesAreRefused(string text)
        => Assert.Throws<SensorException>(() => PowerTrace.Parse(text.Split('\n'), "trace"));

    [Fact]
    public void JsonLinesAreTracesToo()
        => Assert.Equal(3, PowerTrace.Parse(["{\"t\":0,\"watts\":1}", "{\"t\":0.5,\"type\":\"note\"}", "{\"t\":2,\"watts\":2}"], "trace").JoulesAt(2), 12);

    [Fact]
    public void ALostSensorIsToldOnceAndAskedAgain()
    {
        FakeRegisters chip = new() { [0xfe] = 0x5449, [0xff] = 0x2270, [0x06] = 8, [0x01] = 800, [0x02] = 4000 };
        List<MeterNotice> notices = [];
        using EnergyMeter meter = new(new Ina260(chip), null, null, _time);
        meter.Noticed += notices.Add;
        for (int i = 0; i < 100; i++)
        {
            chip.IsSilent = i is >= 30 and < 60;
            meter.Sample();
            _time.Advance(0.01);
        }

        Assert.Equal([MeterNoticeKind.SensorLost, MeterNoticeKind.SensorBack], notices.ConvertAll(n => n.Kind));
        Assert.Equal(0.3, notices[1].Duration, 6);
        Assert.Equal(30, meter.Totals.Failures);
        Assert.Equal(0.31, meter.Totals.GapSeconds, 6);
        Assert.Equal(5 * 0.68, meter.Totals.Joules, 6);
    }

    [Fact]
    public void NothingIsAllocatedPerReadingAndFrame()
    {
        FakeRegisters chip = new() { [0xfe] = 0x5449, [0xff] = 0x2270, [0x06] = 8, [0x01] = 800, [0x02] = 4000 };
        using EnergyMeter meter = new(new Ina260(chip), 2, null, _time);
        using SystemTree tree = new();
        tree.With("sys/class/hwmon/hwmon0", "name", "ina219", "power1_input", "1000000");
        using EnergyMeter files = new(HwmonSensor.Open(tree.Root), 2, null, _time);
        long before = 0;
        for (int i = 0; i < 2000; i++)
        {
            before = i == 500 ? GC.GetAllocatedBytesForCurrentThread() : before;
            meter.BeginFrame();
            _time.Advance(0.01);
            meter.Sample();
            files.Sample();
            meter.EndFrame();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void TheThreadReadsByItself()
    {
        BoardPower board = new("test", "Test", 1, 2, 3, null);
        using EnergyMeter meter = new(new ModelSensor(board, 1, TimeProvider.System), 2, TimeSpan.FromMilliseconds(5));
        meter.Start();
        Thread.Sleep(200);
        MeterTotals totals = meter.Totals;
        Assert.True(totals.Readings > 5);
        Assert.InRange(totals.Joules / totals.CoveredSeconds, 1.95, 2.05);
    }

    [Fact]
    public void TheRunnerMeasuresWindowsBetweenEdges()
    {
        BoardPower board = new("test", "Test", 1, 2, 3, null);
        Recorder marker = new();
        using EnergyMeter meter = new(new ModelSensor(board, 1, TimeProvider.System), null, TimeSpan.FromMilliseconds(5));
        meter.Start();
        EnergyRunner runner = new(meter, marker);
        Assert.InRange(runner.MeasureIdle(TimeSpan.FromMilliseconds(50), CancellationToken.None), 1.9, 2.1);
        int runs = 0;
        EnergyWindow window = runner.MeasureWindow(() => runs++, TimeSpan.FromMilliseconds(60), CancellationToken.None);
        Assert.Equal(runs, window.Inferences);
        Assert.True(window.Seconds >= 0.06);
        Assert.InRange(window.Watts, 2.85, 3.1);
        Assert.Equal((window.Joules - (2 * window.Seconds)) / runs, window.NetJoules(2), 9);
        Assert.Equal([true, false, true], marker.Levels);
    }

    private sealed class Recorder : IWindowMarker
    {
        public List<bool> Levels { get; } = [];

        public void Set(bool high) => Levels.Add(high);
    }
}
