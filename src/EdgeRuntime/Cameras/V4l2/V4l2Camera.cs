using EdgeRuntime.Images;
using EdgeRuntime.Platform;
using static EdgeRuntime.Cameras.V4l2.VideoCalls;

namespace EdgeRuntime.Cameras.V4l2;

/// <summary>A USB or test camera: memory-mapped streaming over the kernel's video interface.</summary>
public sealed unsafe class V4l2Camera : ICamera
{
    private const int Buffers = 4;
    private const int MostBroken = 100;
    private const string Group = "video";

    private readonly string _path;
    private readonly CameraSettings _settings;
    private readonly byte*[] _memory = new byte*[Buffers];
    private readonly uint[] _lengths = new uint[Buffers];
    private int _file = -1;
    private int _count;
    private VideoCalls.Format _format;
    private PixelFormat _pixels;

    /// <param name="path">The device, for example <c>/dev/video0</c>.</param>
    /// <param name="settings">Size, pace and format wanted.</param>
    public V4l2Camera(string path, CameraSettings settings)
    {
        _path = path;
        _settings = settings;
    }

    /// <inheritdoc/>
    public string Name => _path;

    /// <inheritdoc/>
    public bool IsLive => true;

    /// <inheritdoc/>
    public void Open()
    {
        try
        {
            OpenDevice();
            ChooseFormat();
            SetPace();
            MapBuffers();
        }
        catch
        {
            Close();
            throw;
        }
    }

    /// <inheritdoc/>
    public CameraResult Read(Frame frame, long notBefore, Waker waker)
    {
        ArgumentNullException.ThrowIfNull(frame);
        ArgumentNullException.ThrowIfNull(waker);
        for (int broken = 0; broken < MostBroken;)
        {
            switch (waker.Wait(_file, CameraSettings.SilenceMilliseconds))
            {
                case WakeReason.Woken:
                    return CameraResult.Interrupted;
                case WakeReason.Timeout:
                    throw new DeviceException($"the camera has sent nothing for {CameraSettings.SilenceMilliseconds / 1000} s", _path, "Check its cable and power");
                case WakeReason.Gone:
                    throw new DeviceException("the camera has gone", _path, "Check its cable and power");
            }

            VideoCalls.Buffer buffer = new() { Type = Capture, Memory = MemoryMap };
            int number = Call(_file, DequeueBuffer, &buffer);
            if (number == Errno.TryAgain)
            {
                continue;
            }

            Check(number, "cannot take a frame");
            bool whole = (buffer.Flags & ErrorFlag) == 0 && Fits(in buffer);
            broken += whole ? 0 : 1;
            frame.CapturedAt = (buffer.Flags & TimestampMask) == TimestampMonotonic ? (buffer.Seconds * 1_000_000_000) + (buffer.Microseconds * 1000) : Clock.Now;
            bool wanted = whole && frame.CapturedAt >= notBefore;
            if (wanted)
            {
                frame.Describe(_pixels, (int)_format.Width, (int)_format.Height, (int)_format.BytesPerLine,
                    VideoFormats.Coding(_format.ColorSpace, _format.Encoding, _format.Quantization), _pixels == PixelFormat.Jpeg ? (int)buffer.BytesUsed : 0);
                new ReadOnlySpan<byte>(_memory[buffer.Index], frame.Length).CopyTo(frame.Bytes);
                frame.Source = null;
            }

            Check(Call(_file, QueueBuffer, &buffer), "cannot give a buffer back");
            if (wanted)
            {
                return CameraResult.Frame;
            }
        }

        throw new DeviceException($"{MostBroken} frames in a row were damaged", _path, "Check the cable; a USB 2 port may be too slow for this size: lower it with --camera-size");
    }

    /// <inheritdoc/>
    public void Close()
    {
        for (int i = 0; i < _count; i++)
        {
            _ = Libc.Unmap(_memory[i], _lengths[i]);
        }

        _count = 0;
        if (_file >= 0)
        {
            // Closing ends the stream.
            _ = Libc.Close(_file);
            _file = -1;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private bool Fits(in VideoCalls.Buffer buffer)
        => buffer.Index < _count && (_pixels == PixelFormat.Jpeg
            ? buffer.BytesUsed > 0 && buffer.BytesUsed <= _lengths[buffer.Index]
            : buffer.BytesUsed >= PixelView.BytesOf(_pixels, (int)_format.Width, (int)_format.Height, (int)_format.BytesPerLine));

    private void OpenDevice()
    {
        _file = Libc.Open(_path, Libc.ReadWrite | Libc.NonBlocking | Libc.CloseOnExec);
        if (_file < 0)
        {
            throw DeviceException.Of("cannot open the camera", _path, Errno.Last, Group);
        }

        Capability capability;
        int number = Call(_file, QueryCapability, &capability);
        if (number != 0)
        {
            throw new DeviceException("this is no video device", _path, "Name one of /dev/video*; 'edgert doctor' lists the cameras");
        }

        uint can = (capability.Capabilities & HasDeviceCaps) != 0 ? capability.DeviceCapabilities : capability.Capabilities;
        if ((can & CanCapture) == 0 || (can & CanStream) == 0)
        {
            throw new DeviceException("this video device does not stream pictures", _path,
                "Name another /dev/video*; a CSI camera of a Raspberry Pi is used with '--camera rpicam'");
        }
    }

    private void ChooseFormat()
    {
        List<uint> offered = [];
        FormatDescription description = new() { Type = Capture };
        while (Call(_file, EnumerateFormat, &description) == 0 && offered.Count < 256)
        {
            offered.Add(description.PixelFormat);
            description = new FormatDescription { Type = Capture, Index = description.Index + 1 };
        }

        foreach ((PixelFormat format, string code) in VideoFormats.All)
        {
            if ((_settings.Format is null || _settings.Format == format) && offered.Contains(VideoFormats.Number(code)))
            {
                SetTo(format, VideoFormats.Number(code));
                return;
            }
        }

        string wanted = _settings.Format is null ? "none of the formats understood (YUYV, NV12, YU12, RGB3, GREY, MJPG)" : $"no {_settings.Format}";
        throw new DeviceException($"the camera offers {wanted}; it has {string.Join(", ", offered.ConvertAll(VideoFormats.Text))}", _path,
            _settings.Format is null ? "Use another camera" : "Choose another with --camera-format, or leave that option out");
    }

    private void SetTo(PixelFormat format, uint code)
    {
        VideoCalls.Format wanted = new() { Type = Capture, Width = (uint)_settings.Width, Height = (uint)_settings.Height, PixelFormat = code, Field = AnyField };
        Check(Call(_file, SetFormat, &wanted), "cannot set the picture format");
        if (wanted.PixelFormat != code || wanted.Width is 0 or > InputSpec.MaxSide || wanted.Height is 0 or > InputSpec.MaxSide)
        {
            throw new DeviceException($"the camera answers with {wanted.Width}x{wanted.Height} {VideoFormats.Text(wanted.PixelFormat)} when {VideoFormats.Text(code)} is asked for",
                _path, "Choose another format with --camera-format");
        }

        if (format != PixelFormat.Jpeg)
        {
            wanted.BytesPerLine = Math.Max(wanted.BytesPerLine, (uint)PixelView.SmallestStride(format, (int)wanted.Width));
        }

        (_format, _pixels) = (wanted, format);
    }

    // Cameras without a choice of pace refuse this, which is no reason to do without them.
    private void SetPace()
    {
        if (_settings.FramesPerSecond > 0)
        {
            Parameters parameters = new() { Type = Capture, Numerator = 1000, Denominator = (uint)Math.Max(_settings.FramesPerSecond * 1000, 1) };
            _ = Call(_file, SetParameters, &parameters);
        }
    }

    private void MapBuffers()
    {
        BufferRequest request = new() { Count = Buffers, Type = Capture, Memory = MemoryMap };
        Check(Call(_file, RequestBuffers, &request), "cannot get buffers");
        for (uint i = 0; i < Math.Min(request.Count, Buffers); i++)
        {
            VideoCalls.Buffer buffer = new() { Index = i, Type = Capture, Memory = MemoryMap };
            Check(Call(_file, QueryBuffer, &buffer), "cannot ask for a buffer");
            void* memory = Libc.Map(null, buffer.Length, 3, 1, _file, (nint)buffer.Offset);
            if ((nint)memory == -1)
            {
                throw DeviceException.Of("cannot map a buffer", _path, Errno.Last, Group);
            }

            _memory[i] = (byte*)memory;
            _lengths[i] = buffer.Length;
            _count++;
            Check(Call(_file, QueueBuffer, &buffer), "cannot queue a buffer");
        }

        uint type = Capture;
        Check(Call(_file, StreamOn, &type), "cannot start the stream");
    }

    private void Check(int number, string action)
    {
        if (number != 0)
        {
            throw DeviceException.Of(action, _path, number, Group);
        }
    }
}
