using EdgeRuntime.Images;
using EdgeRuntime.Platform;

namespace EdgeRuntime.Cameras;

/// <summary>A conveyor belt with coloured parts, drawn. The same seed gives the same frames on every machine.</summary>
/// <remarks>With a pace it is live, as a camera is; without, a frame is drawn whenever one is asked for.</remarks>
public sealed class SyntheticCamera : ICamera
{
    private const int Parts = 4;
    private const int Speed = 3;

    private readonly CameraSettings _settings;
    private readonly byte[] _belt;
    private long _number;
    private long _next;

    /// <summary>Prepares the scene.</summary>
    public SyntheticCamera(CameraSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _settings = settings;
        _belt = new byte[settings.Width * 3 * 2];
        // Two lines of belt, with its ribs; all frames begin with a copy of them.
        for (int i = 0; i < _belt.Length; i++)
        {
            int x = i / 3 % settings.Width;
            _belt[i] = (byte)(58 + (x % 16 < 2 ? 14 : 0) + (Hash(settings.Seed, i) & 7));
        }
    }

    /// <inheritdoc/>
    public string Name => "synthetic";

    /// <inheritdoc/>
    public bool IsLive => _settings.FramesPerSecond > 0;

    /// <inheritdoc/>
    public void Open() => _next = Clock.Now;

    /// <inheritdoc/>
    public CameraResult Read(Frame frame, long notBefore, Waker waker)
    {
        ArgumentNullException.ThrowIfNull(frame);
        ArgumentNullException.ThrowIfNull(waker);
        if (IsLive && !WaitForTurn(notBefore, waker))
        {
            return CameraResult.Interrupted;
        }

        frame.Describe(PixelFormat.Rgb24, _settings.Width, _settings.Height);
        Draw(frame.Bytes);
        frame.CapturedAt = Clock.Now;
        frame.Source = null;
        _number++;
        return CameraResult.Frame;
    }

    /// <inheritdoc/>
    public void Close()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private bool WaitForTurn(long notBefore, Waker waker)
    {
        long period = (long)(1e9 / _settings.FramesPerSecond);
        long least = Math.Max(notBefore, Clock.Now - period);
        if (_next < least)
        {
            long missed = ((least - _next) + period - 1) / period;
            _next += missed * period;
            _number += missed;
        }

        while (Clock.Now < _next)
        {
            int left = (int)Math.Min(((_next - Clock.Now) / 1_000_000) + 1, int.MaxValue);
            if (waker.Wait(-1, left) == WakeReason.Woken)
            {
                return false;
            }
        }

        _next += period;
        return true;
    }

    private void Draw(Span<byte> pixels)
    {
        int line = _settings.Width * 3;
        for (int y = 0; y < _settings.Height; y++)
        {
            _belt.AsSpan((y & 1) * line, line).CopyTo(pixels.Slice(y * line, line));
        }

        int lane = Math.Max(_settings.Width / Parts, 1);
        int size = Math.Max(Math.Min(lane, _settings.Height) * 3 / 8, 1);
        for (int slot = -1; slot <= Parts; slot++)
        {
            long travelled = _number * Speed;
            long part = slot - (travelled / lane);
            int left = (int)((slot * lane) + (travelled % lane));
            uint look = Hash(_settings.Seed, part);
            int centreY = size + (int)((look >> 8) % (uint)Math.Max(_settings.Height - (2 * size), 1));
            DrawPart(pixels, left + (lane / 2), centreY, size, look);
        }
    }

    private void DrawPart(Span<byte> pixels, int centreX, int centreY, int radius, uint look)
    {
        byte red = (byte)(90 + (look & 127)), green = (byte)(90 + ((look >> 7) & 127)), blue = (byte)(90 + ((look >> 14) & 127));
        for (int y = Math.Max(centreY - radius, 0); y < Math.Min(centreY + radius, _settings.Height); y++)
        {
            int half = HalfWidth(look >> 30, y - centreY, radius);
            for (int x = Math.Max(centreX - half, 0); x < Math.Min(centreX + half, _settings.Width); x++)
            {
                int at = ((y * _settings.Width) + x) * 3;
                (pixels[at], pixels[at + 1], pixels[at + 2]) = (red, green, blue);
            }
        }
    }

    // Disc, square, triangle or diamond.
    private static int HalfWidth(uint shape, int y, int radius) => shape switch
    {
        0 => (int)Math.Sqrt((radius * radius) - (y * y)),
        1 => radius * 4 / 5,
        2 => (y + radius) / 2,
        _ => radius - Math.Abs(y),
    };

    private static uint Hash(int seed, long value)
    {
        ulong z = ((ulong)seed * 0x9E3779B97F4A7C15UL) + (ulong)value;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return (uint)((z ^ (z >> 31)) >> 32);
    }
}
