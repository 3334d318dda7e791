using EdgeRuntime.Images;

namespace EdgeRuntime.Triggers;

/// <summary>Fires when enough of the picture differs from the background.</summary>
/// <remarks>
/// The picture is thinned to a grid of brightness samples. The background follows slowly (1/16 of the difference per frame), so that daylight may change,
/// and the mean difference is taken out, so that a camera's exposure control does not fire.
/// </remarks>
public sealed unsafe class MotionTrigger : IFrameTrigger
{
    /// <summary>Share of the picture that must differ, where nothing else is asked for.</summary>
    public const double DefaultShare = 0.01;

    private const int Columns = 96, Rows = 72, Threshold = 18, Shift = 4;

    private readonly int[] _background = new int[Columns * Rows];
    private readonly byte[] _samples = new byte[Columns * Rows];
    private readonly int _least;
    private (int Width, int Height, PixelFormat Format) _known;

    /// <param name="share">Share of the picture that must differ, above 0 and at most 1.</param>
    public MotionTrigger(double share = DefaultShare)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        _least = Math.Max((int)(share * _samples.Length), 1);
    }

    /// <inheritdoc/>
    public string Name => "motion";

    /// <summary>Samples of the last frame that differed.</summary>
    public int Changed { get; private set; }

    /// <inheritdoc/>
    public bool Accepts(in PixelView frame)
    {
        Sample(in frame);
        if (_known != (frame.Width, frame.Height, frame.Format))
        {
            // The first frame is the background; so is that of a camera that came back in another format.
            _known = (frame.Width, frame.Height, frame.Format);
            for (int i = 0; i < _samples.Length; i++)
            {
                _background[i] = _samples[i] << Shift;
            }

            Changed = 0;
            return false;
        }

        int sum = 0;
        for (int i = 0; i < _samples.Length; i++)
        {
            sum += _samples[i] - (_background[i] >> Shift);
        }

        int mean = sum / _samples.Length;
        int changed = 0;
        for (int i = 0; i < _samples.Length; i++)
        {
            int difference = _samples[i] - (_background[i] >> Shift);
            changed += Math.Abs(difference - mean) > Threshold ? 1 : 0;
            _background[i] += difference;
        }

        Changed = changed;
        return changed >= _least;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Sample(in PixelView frame)
    {
        // Green stands for brightness where there is no luma.
        (int step, int first) = frame.Format switch
        {
            PixelFormat.Rgb24 => (3, 1),
            PixelFormat.Yuyv => (2, 0),
            _ => (1, 0),
        };
        for (int row = 0; row < Rows; row++)
        {
            byte* line = frame.Line((int)(((row * 2L) + 1) * frame.Height / (Rows * 2))) + first;
            for (int column = 0; column < Columns; column++)
            {
                _samples[(row * Columns) + column] = line[(((column * 2L) + 1) * frame.Width / (Columns * 2)) * step];
            }
        }
    }
}
