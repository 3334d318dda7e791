using EdgeRuntime.Cameras;
using EdgeRuntime.Images;
using EdgeRuntime.Platform;
using EdgeRuntime.Tests.Shared;
using Xunit;

namespace EdgeRuntime.Tests.Cameras;

public sealed class CameraPumpTests
{
    [Fact]
    public void The_latest_frame_wins_and_the_others_are_counted()
    {
        FakeCamera camera = new();
        using CameraPump pump = new(camera, streaming: true, new RecordedLog());
        pump.Start();
        Assert.Equal(CameraResult.Frame, pump.Take(2000, out Frame frame));
        int first = frame.Bytes[0];
        SpinWait.SpinUntil(() => camera.Sent >= first + 20, 5000);
        Assert.Equal(CameraResult.Frame, pump.Take(2000, out frame));
        int second = frame.Bytes[0];
        Assert.True(second >= first + 15, $"{first} then {second}: old frames were kept");
        Assert.InRange(pump.Drops, second - first - 3, second - first + 1);
    }

    [Fact]
    public void Without_streaming_nothing_is_read_until_it_is_asked_for()
    {
        FakeCamera camera = new();
        using CameraPump pump = new(camera, streaming: false, new RecordedLog());
        pump.Start();
        Assert.Equal(CameraResult.Interrupted, pump.Take(50, out _));
        Assert.Equal(0, camera.Sent);
        long asked = Clock.Now;
        pump.Request(asked);
        Assert.Equal(CameraResult.Frame, pump.Take(2000, out Frame frame));
        Assert.True(frame.CapturedAt >= asked);
        Assert.Equal(1, camera.Sent);
    }

    [Fact]
    public void A_camera_that_vanishes_is_opened_again_and_told_of_once()
    {
        FakeCamera camera = new();
        RecordedLog log = new();
        using CameraPump pump = new(camera, streaming: true, log);
        pump.Start();
        Assert.Equal(CameraResult.Frame, pump.Take(2000, out _));
        camera.IsAway = true;
        Assert.True(SpinWait.SpinUntil(() => pump.IsLost, 2000));

        // Two tries or more fail meanwhile.
        Assert.True(SpinWait.SpinUntil(() => camera.FailedOpens >= 2, 5000));
        camera.IsAway = false;
        pump.Take(1, out _);
        Assert.True(SpinWait.SpinUntil(() => pump.Take(100, out _) == CameraResult.Frame, 10_000));
        Assert.Equal(["camera-lost", "camera-back"], log.Kinds);
        Assert.False(pump.IsLost);
    }

    [Fact]
    public void A_camera_that_opens_but_never_sends_is_not_called_back()
    {
        FakeCamera camera = new();
        RecordedLog log = new();
        using CameraPump pump = new(camera, streaming: true, log);
        pump.Start();
        pump.Take(2000, out _);
        camera.IsSilent = true;
        Assert.True(SpinWait.SpinUntil(() => camera.Opens >= 4, 5000));
        Assert.Equal(["camera-lost"], log.Kinds);
    }

    [Fact]
    public void A_broken_picture_is_counted_and_the_next_one_taken()
    {
        FakeCamera camera = new() { BreaksFirst = true };
        RecordedLog log = new();
        using CameraPump pump = new(camera, streaming: true, log);
        pump.Start();
        Assert.Equal(CameraResult.Frame, pump.Take(2000, out _));
        Assert.Equal(1, pump.Broken);
        Assert.Equal(["picture-broken"], log.Kinds);
    }

    // Sends its running number every two milliseconds.
    private sealed class FakeCamera : ICamera
    {
        private volatile int _sent;
        private volatile int _opens;
        private volatile int _failedOpens;

        public volatile bool IsAway, IsSilent;

        public bool BreaksFirst { get; set; }

        public int Sent => _sent;

        public int Opens => _opens;

        public int FailedOpens => _failedOpens;

        public string Name => "fake";

        public bool IsLive => true;

        public void Open()
        {
            _opens++;
            if (IsAway)
            {
                _failedOpens++;
                throw new DeviceException("it is away", "fake", "Bring it back");
            }
        }

        public CameraResult Read(Frame frame, long notBefore, Waker waker)
        {
            if (IsAway || IsSilent)
            {
                throw new DeviceException("it has gone", "fake", "Bring it back");
            }

            if (BreaksFirst)
            {
                BreaksFirst = false;
                throw new InputException("broken", "fake", "Mend it");
            }

            if (waker.Wait(-1, 2) == WakeReason.Woken)
            {
                return CameraResult.Interrupted;
            }

            frame.Describe(PixelFormat.Grey, 1, 1);
            frame.Bytes[0] = (byte)Math.Min(_sent, 255);
            frame.CapturedAt = Clock.Now;
            _sent++;
            return CameraResult.Frame;
        }

        public void Close()
        {
        }

        public void Dispose()
        {
        }
    }
}
