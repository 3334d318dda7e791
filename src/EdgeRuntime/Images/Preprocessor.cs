namespace EdgeRuntime.Images;

/// <summary>Fits a picture to a model's input and normalises it, straight into rows (one row per site, channels last).</summary>
/// <remarks>
/// Plain bilinear with half-pixel centres and no antialiasing; pixels outside repeat the edge. The int8 result equals
/// the quantised float result bit for bit, on every CPU. No allocation while the pictures keep their size. Not for
/// several threads at once.
/// </remarks>
public sealed class Preprocessor
{
    private readonly InputSpec _spec;
    private readonly int _channels;
    private readonly float[] _values;
    private readonly sbyte[] _quantized;
    private readonly float[] _row;
    private readonly int[] _lowX;
    private readonly int[] _highX;
    private readonly float[] _shareX;
    private int _pictureWidth;
    private int _pictureHeight;
    private double _stepX;
    private double _stepY;
    private double _originX;
    private double _originY;
    private float _tableScale;
    private int _tableZeroPoint;

    /// <summary>Prepares the tables for <paramref name="spec"/>.</summary>
    public Preprocessor(InputSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        _spec = spec;
        _channels = spec.Channels;
        if (spec.Mean.Count != _channels || spec.Std.Count != _channels)
        {
            throw new ArgumentException($"Mean and std need {_channels} values.", nameof(spec));
        }

        _values = new float[_channels * 256];
        _quantized = new sbyte[_channels * 256];
        _row = new float[spec.Width * _channels];
        _lowX = new int[spec.Width];
        _highX = new int[spec.Width];
        _shareX = new float[spec.Width];
        for (int c = 0; c < _channels; c++)
        {
            for (int pixel = 0; pixel < 256; pixel++)
            {
                _values[(c * 256) + pixel] = Normalize(pixel, c);
            }
        }
    }

    /// <summary>Elements written by <c>ToRows</c>: height × width × channels of the model's input.</summary>
    public int Length => _spec.Height * _row.Length;

    /// <summary>Writes normalised floats: row y·Width + x holds the channels of site (y, x).</summary>
    /// <param name="picture">A picture of any size.</param>
    /// <param name="destination">At least <see cref="Length"/> elements.</param>
    public void ToRows(Picture picture, Span<float> destination)
    {
        Start(picture, destination.Length);
        bool asIs = IsAsIs(picture);
        for (int y = 0; y < _spec.Height; y++)
        {
            Span<float> line = destination.Slice(y * _row.Length, _row.Length);
            if (asIs)
            {
                LookUp(picture, y, _values, line);
            }
            else
            {
                ResampleLine(picture, y, line);
            }
        }
    }

    /// <summary>Writes the same, quantised: q = clamp(x / scale) rounded to nearest even, + zero point.</summary>
    /// <param name="picture">A picture of any size.</param>
    /// <param name="destination">At least <see cref="Length"/> elements.</param>
    /// <param name="scale">Scale of the model's quantised input.</param>
    /// <param name="zeroPoint">Zero point of the model's quantised input.</param>
    public void ToRows(Picture picture, Span<sbyte> destination, float scale, int zeroPoint)
    {
        Start(picture, destination.Length);
        if (IsAsIs(picture))
        {
            PrepareQuantizedTable(scale, zeroPoint);
            for (int y = 0; y < _spec.Height; y++)
            {
                LookUp(picture, y, _quantized, destination.Slice(y * _row.Length, _row.Length));
            }

            return;
        }

        for (int y = 0; y < _spec.Height; y++)
        {
            Span<sbyte> line = destination.Slice(y * _row.Length, _row.Length);
            ResampleLine(picture, y, _row);
            for (int i = 0; i < line.Length; i++)
            {
                line[i] = Quantize(_row[i], scale, zeroPoint);
            }
        }
    }

    /// <summary>Where a point of the model's input (fractions of its size) lies on the picture (fractions of its size).</summary>
    /// <remarks>The identity for stretched pictures; undoes the crop otherwise.</remarks>
    public (float X, float Y) ToPicture(float x, float y, int pictureWidth, int pictureHeight)
    {
        if (_spec.Resize == ResizeMode.Stretch)
        {
            return (x, y);
        }

        double factor = Cover(pictureWidth, pictureHeight);
        double shareX = _spec.Width * factor / pictureWidth;
        double shareY = _spec.Height * factor / pictureHeight;
        return ((float)(((1 - shareX) / 2) + (x * shareX)), (float)(((1 - shareY) / 2) + (y * shareY)));
    }

    internal static sbyte Quantize(float x, float scale, int zeroPoint) =>
        (sbyte)((int)MathF.Round(Math.Clamp(x / scale, -128 - zeroPoint, 127 - zeroPoint), MidpointRounding.ToEven) + zeroPoint);

    private float Normalize(float pixel, int channel) =>
        ((pixel * _spec.Scale) - _spec.Mean[channel]) / _spec.Std[channel];

    private void Start(Picture picture, int length)
    {
        ArgumentNullException.ThrowIfNull(picture);
        if (length < Length)
        {
            throw new ArgumentException($"The destination holds {length} elements, {Length} are needed.");
        }

        if (picture.Width == _pictureWidth && picture.Height == _pictureHeight)
        {
            return;
        }

        _pictureWidth = picture.Width;
        _pictureHeight = picture.Height;
        if (_spec.Resize == ResizeMode.Stretch)
        {
            _stepX = (double)picture.Width / _spec.Width;
            _stepY = (double)picture.Height / _spec.Height;
            _originX = _originY = 0;
        }
        else
        {
            _stepX = _stepY = Cover(picture.Width, picture.Height);
            _originX = (picture.Width - (_spec.Width * _stepX)) / 2;
            _originY = (picture.Height - (_spec.Height * _stepY)) / 2;
        }

        for (int x = 0; x < _spec.Width; x++)
        {
            (_lowX[x], _highX[x], _shareX[x]) = Source(x, _originX, _stepX, picture.Width);
        }
    }

    private bool IsAsIs(Picture picture) => picture.Width == _spec.Width && picture.Height == _spec.Height;

    // Picture pixels per input pixel at which the picture just covers the input.
    private double Cover(int width, int height) =>
        Math.Min((double)width / _spec.Width, (double)height / _spec.Height);

    private static (int Low, int High, float Share) Source(int index, double origin, double step, int size)
    {
        double at = Math.Clamp(origin + ((index + 0.5) * step) - 0.5, 0, size - 1);
        int low = (int)at;
        return (low, Math.Min(low + 1, size - 1), (float)(at - low));
    }

    private void PrepareQuantizedTable(float scale, int zeroPoint)
    {
        // A scale of 0 never comes in, so the fields' initial values stand for "no table yet".
        if (scale == _tableScale && zeroPoint == _tableZeroPoint)
        {
            return;
        }

        for (int i = 0; i < _values.Length; i++)
        {
            _quantized[i] = Quantize(_values[i], scale, zeroPoint);
        }

        (_tableScale, _tableZeroPoint) = (scale, zeroPoint);
    }

    private void LookUp<T>(Picture picture, int y, T[] table, Span<T> line)
    {
        ReadOnlySpan<byte> pixels = picture.Rgb.AsSpan(y * picture.Width * 3, picture.Width * 3);
        if (_channels == 1)
        {
            for (int x = 0; x < line.Length; x++)
            {
                line[x] = table[Luma(pixels, x * 3)];
            }

            return;
        }

        int first = _spec.Color == ColorOrder.Bgr ? 2 : 0;
        int last = 2 - first;
        for (int at = 0; at + 2 < pixels.Length && at + 2 < line.Length; at += 3)
        {
            line[at] = table[pixels[at + first]];
            line[at + 1] = table[256 + pixels[at + 1]];
            line[at + 2] = table[512 + pixels[at + last]];
        }
    }

    private void ResampleLine(Picture picture, int y, Span<float> line)
    {
        (int lowY, int highY, float shareY) = Source(y, _originY, _stepY, picture.Height);
        ReadOnlySpan<byte> top = picture.Rgb.AsSpan(lowY * picture.Width * 3, picture.Width * 3);
        ReadOnlySpan<byte> bottom = picture.Rgb.AsSpan(highY * picture.Width * 3, picture.Width * 3);
        if (_channels == 1)
        {
            for (int x = 0; x < _spec.Width; x++)
            {
                int low = _lowX[x] * 3, high = _highX[x] * 3;
                line[x] = Normalize(Blend(Luma(top, low), Luma(top, high), Luma(bottom, low), Luma(bottom, high), _shareX[x], shareY), 0);
            }

            return;
        }

        float scale = _spec.Scale;
        for (int c = 0; c < 3; c++)
        {
            int color = _spec.Color == ColorOrder.Bgr ? 2 - c : c;
            float mean = _spec.Mean[c], std = _spec.Std[c];
            for (int x = 0; x < _spec.Width; x++)
            {
                int low = (_lowX[x] * 3) + color, high = (_highX[x] * 3) + color;
                float pixel = Blend(top[low], top[high], bottom[low], bottom[high], _shareX[x], shareY);
                line[(x * 3) + c] = ((pixel * scale) - mean) / std;
            }
        }
    }

    private static float Blend(float topLow, float topHigh, float bottomLow, float bottomHigh, float shareX, float shareY)
    {
        float top = topLow + ((topHigh - topLow) * shareX);
        float bottom = bottomLow + ((bottomHigh - bottomLow) * shareX);
        return top + ((bottom - top) * shareY);
    }

    private static int Luma(ReadOnlySpan<byte> pixels, int at) =>
        ((77 * pixels[at]) + (150 * pixels[at + 1]) + (29 * pixels[at + 2]) + 128) >> 8;
}
