using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using EdgeRuntime.Images;
using EdgeRuntime.Platform;
using EdgeRuntime.Tests.Shared;
using EdgeRuntime.Triggers;
using EdgeRuntime.Triggers.Gpio;
using Xunit;

namespace EdgeRuntime.Tests.Triggers;

public sealed unsafe class TriggerTests : IDisposable
{
    private readonly Waker _waker = new();

    [Fact]
    public void Structures_have_the_sizes_of_the_kernels()
    {
        Assert.Equal(592, sizeof(GpioCalls.LineRequest));
        Assert.Equal(48, sizeof(GpioCalls.LineEvent));
        Assert.Equal(24, sizeof(GpioCalls.Attribute));
        Assert.Equal(68, sizeof(GpioCalls.ChipInfo));
        Assert.Equal(16, sizeof(GpioCalls.LineValues));
    }

    [Fact]
    public void The_newest_edge_is_answered_and_the_others_are_counted()
    {
        using AnonymousPipeServerStream line = new(PipeDirection.Out);
        using GpioLineTrigger trigger = new("test", (int)line.ClientSafePipeHandle.DangerousGetHandle());
        line.ClientSafePipeHandle.SetHandleAsInvalid();
        long now = Clock.Now;
        Send(line, now, 1);
        Assert.True(trigger.Wait(_waker, out TriggerEvent first));
        Assert.Equal(new TriggerEvent(now, 0, KernelTime: true), first);

        // Three together, and two before them for which the kernel's own queue had no room.
        Send(line, now + 1, 4);
        Send(line, now + 2, 5);
        Send(line, now + 3, 6);
        Assert.True(trigger.Wait(_waker, out TriggerEvent second));
        Assert.Equal(new TriggerEvent(now + 3, 4, KernelTime: true), second);

        _waker.Wake();
        Assert.False(trigger.Wait(_waker, out _));
        line.Dispose();
        Assert.Throws<DeviceException>(() => trigger.Wait(_waker, out _));
    }

    [Theory]
    [InlineData("gpio:pinctrl-rp1:17:rising", "pinctrl-rp1", 17, GpioEdge.Rising)]
    [InlineData("gpio:gpiochip0:4", "gpiochip0", 4, GpioEdge.Falling)]
    [InlineData("gpio:9030000.pl061:a:3:falling", "9030000.pl061:a", 3, GpioEdge.Falling)]
    public void Lines_are_named_by_chip_and_number(string text, string chip, int line, GpioEdge edge)
        => Assert.Equal(new GpioAddress(chip, line, edge), GpioAddress.Parse(text, text.Split(':').AsSpan(1)));

    [Theory]
    [InlineData("gpio:17")]
    [InlineData("gpio:chip:-1")]
    [InlineData("gpio:chip:99999")]
    [InlineData("gpio:chip:17:both")]
    [InlineData("interval:0")]
    [InlineData("interval:nan")]
    [InlineData("motion:200")]
    [InlineData("button")]
    public void What_is_no_trigger_is_refused(string text)
        => Assert.Equal(2, Assert.Throws<EdgeRuntimeException>(() => TriggerFactory.Create(text, _waker, 0, new RecordedLog())).ExitCode);

    [Fact]
    public void A_missing_chip_is_told_of()
        => Assert.Equal(5, Assert.Throws<DeviceException>(() => TriggerFactory.Create("gpio:no-such-chip:1", _waker, 0, new RecordedLog())).ExitCode);

    [Fact]
    public void Intervals_do_not_drift_and_missed_ones_are_not_caught_up()
    {
        using IntervalTrigger trigger = new(20);
        TriggerEvent first = Next(trigger);
        TriggerEvent second = Next(trigger);
        Assert.Equal(0, (second.At - first.At) % 20_000_000);
        Thread.Sleep(110);
        TriggerEvent late = Next(trigger);
        Assert.True(late.Missed >= 3);
        Assert.Equal((late.Missed + 1) * 20_000_000, late.At - second.At);
        Assert.True(late.At <= Clock.Now);
    }

    // A wait may end early when a signal interrupts it, and is then asked again, as the watch does.
    private TriggerEvent Next(IntervalTrigger trigger)
    {
        bool fired;
        TriggerEvent happened;
        long before = Clock.Now;
        while (!(fired = trigger.Wait(_waker, out happened)) && Clock.Now - before < 5_000_000_000)
        {
        }

        Assert.True(fired);
        return happened;
    }

    [Fact]
    public void A_signal_fires()
    {
        using SignalTrigger trigger = new(_waker);
        long before = Clock.Now;
        using Process kill = Process.Start("kill", ["-USR1", $"{Environment.ProcessId}"]);
        bool fired;
        TriggerEvent happened;
        while (!(fired = trigger.Wait(_waker, out happened)) && Clock.Now - before < 5_000_000_000)
        {
        }

        Assert.True(fired);
        Assert.InRange(happened.At, before, Clock.Now);
        Assert.Equal(0, happened.Missed);
    }

    [Fact]
    public void Motion_is_what_moves_and_not_what_brightens()
    {
        using MotionTrigger trigger = new();
        byte[] scene = new byte[160 * 120];
        new Random(1).NextBytes(scene);
        for (int i = 0; i < scene.Length; i++)
        {
            scene[i] = (byte)(60 + (scene[i] % 60));
        }

        Assert.False(Accepts(trigger, scene));
        Assert.False(Accepts(trigger, scene));
        Assert.False(Accepts(trigger, [.. scene.Select(p => (byte)(p + 40))]));
        byte[] moved = [.. scene];
        for (int y = 30; y < 70; y++)
        {
            moved.AsSpan((y * 160) + 50, 40).Fill(250);
        }

        Assert.True(Accepts(trigger, moved));

        // What stays becomes background.
        int frames = 0;
        while (Accepts(trigger, moved) && frames < 200)
        {
            frames++;
        }

        Assert.InRange(frames, 5, 199);
    }

    public void Dispose() => _waker.Dispose();

    private static bool Accepts(MotionTrigger trigger, byte[] grey)
    {
        fixed (byte* data = grey)
        {
            PixelView view = new(PixelFormat.Grey, 160, 120, (nint)data, 160);
            return trigger.Accepts(in view);
        }
    }

    private static void Send(Stream line, long time, uint sequence)
    {
        GpioCalls.LineEvent happened = new() { Timestamp = (ulong)time, Id = 2, Offset = 17, Sequence = sequence, LineSequence = sequence };
        line.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<GpioCalls.LineEvent>(in happened)));
    }
}
