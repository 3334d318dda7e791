using System.Globalization;
using EdgeRuntime.Images;
using EdgeRuntime.Platform;

namespace EdgeRuntime.Cameras;

/// <summary>A CSI camera of a Raspberry Pi, through the pipe of <c>rpicam-vid --codec yuv420</c>.</summary>
/// <remarks>
/// The stream is frame after frame of I420 with nothing between; lines of luma are padded to a multiple of <see cref="StrideUnit"/> bytes, lines of
/// chroma to half of that, so the width asked for is rounded up to avoid the padding where possible and the padding is honoured where not.
/// </remarks>
public sealed unsafe class RpicamCamera : ICamera
{
    /// <summary>The program of Raspberry Pi OS.</summary>
    public const string UsualProgram = "rpicam-vid";

    /// <summary>Bytes to which the program pads lines of luma.</summary>
    public const int StrideUnit = 64;

    private const int DefaultPace = 30;

    // A frame that lay in the pipe before it was asked for may be old; after so many the program simply is faster than we are.
    private const int MostStale = 4;

    private readonly string _program;
    private readonly CameraSettings _settings;
    private ChildPipe? _pipe;
    private bool _sentSomething;

    /// <param name="program">The program, by name or path.</param>
    /// <param name="settings">Size and pace wanted.</param>
    public RpicamCamera(string program, CameraSettings settings)
    {
        _program = program;
        _settings = settings;
    }

    /// <inheritdoc/>
    public string Name => _program;

    /// <inheritdoc/>
    public bool IsLive => true;

    /// <inheritdoc/>
    public void Open()
    {
        if (_settings.Format is not (null or PixelFormat.I420))
        {
            throw new DeviceException($"the pipe carries yuv420, not {_settings.Format}", _program, "Leave --camera-format out");
        }

        string pace = (_settings.FramesPerSecond > 0 ? _settings.FramesPerSecond : DefaultPace).ToString(CultureInfo.InvariantCulture);
        (_pipe, int error) = ChildPipe.Start(_program, ["-t", "0", "-n", "--codec", "yuv420", "--width", $"{_settings.Width}", "--height", $"{_settings.Height}", "--framerate", pace, "-o", "-"]);
        _sentSomething = false;
        if (_pipe is null)
        {
            throw new DeviceException($"the program cannot be started ({Errno.Text(error)})", _program,
                "Install it with 'sudo apt install rpicam-apps' (on older systems it is called libcamera-vid: write --camera rpicam:libcamera-vid)");
        }
    }

    /// <inheritdoc/>
    public CameraResult Read(Frame frame, long notBefore, Waker waker)
    {
        ArgumentNullException.ThrowIfNull(frame);
        ArgumentNullException.ThrowIfNull(waker);
        int stride = (_settings.Width + StrideUnit - 1) / StrideUnit * StrideUnit;
        frame.Describe(PixelFormat.I420, _settings.Width, _settings.Height, stride, _settings.Height >= 720 ? YuvCoding.Bt709Limited : YuvCoding.Bt601Limited);
        frame.Source = null;
        for (int stale = 0; ; stale++)
        {
            bool waited = false;
            for (int got = 0; got < frame.Length;)
            {
                WakeReason reason = waker.Wait(_pipe!.File, 0);
                if (reason == WakeReason.Timeout)
                {
                    waited |= got == 0;
                    reason = waker.Wait(_pipe.File, CameraSettings.SilenceMilliseconds);
                }

                // A frame cut in two would shift all that follow: once begun, it is read to its end.
                if (reason == WakeReason.Woken && got == 0)
                {
                    return CameraResult.Interrupted;
                }

                if (reason == WakeReason.Timeout)
                {
                    throw Silent($"the camera program has sent nothing for {CameraSettings.SilenceMilliseconds / 1000} s");
                }

                if (reason != WakeReason.Woken)
                {
                    frame.CapturedAt = got == 0 ? Clock.Now : frame.CapturedAt;
                    got += ReadSome(frame.Bytes[got..]);
                }
            }

            _sentSomething = true;
            if (waited || notBefore == 0 || stale >= MostStale)
            {
                return CameraResult.Frame;
            }
        }
    }

    /// <inheritdoc/>
    public void Close()
    {
        _pipe?.Dispose();
        _pipe = null;
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private int ReadSome(Span<byte> target)
    {
        fixed (byte* start = target)
        {
            nint count = Libc.Read(_pipe!.File, start, (nuint)target.Length);
            return count > 0 ? (int)count
                : count < 0 && Errno.Last is Errno.Interrupted or Errno.TryAgain ? 0
                : throw Silent("the camera program has ended");
        }
    }

    private DeviceException Silent(string what) => new(what, _program, _sentSomething
        ? "Check the camera's ribbon cable; its messages stand above"
        : "Its messages stand above; 'rpicam-hello --list-cameras' shows whether the camera is seen");
}
