using EdgeRuntime.Kernels;
using EdgeRuntime.Kernels.Lookup;
using EdgeRuntime.Kernels.Pixels;

namespace EdgeRuntime.Images;

/// <summary>Fits a picture to a model's input and normalises it, straight into rows (one row per site, channels last).</summary>
/// <remarks>
/// Plain bilinear with half-pixel centres and no antialiasing; pixels outside repeat the edge. The int8 result equals
/// the quantised float result bit for bit, on every CPU. No allocation while the pictures keep their size. Not for
/// several threads at once.
/// </remarks>
public sealed unsafe class Preprocessor
{
    private readonly RowKernel<FitArgs> _fit = KernelSelection.Select(FitKernels.All).Run;
    private readonly RowKernel<ConvertArgs> _quantize = KernelSelection.Select(ConvertKernels.Quantize).Run;
    private readonly InputSpec _spec;
    private readonly int _channels;
    private readonly int _lineLength;
    private readonly FitTables _tables;
    private readonly PixelLines _lines;
    private readonly float[] _values;
    private readonly sbyte[] _quantized;
    private readonly float[] _row;
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

        _lineLength = spec.Width * _channels;
        _tables = new FitTables(spec);
        _lines = new PixelLines(_channels == 1);
        _values = new float[_channels * 256];
        _quantized = new sbyte[_channels * 256];
        _row = new float[_lineLength];
        for (int i = 0; i < _values.Length; i++)
        {
            _values[i] = ((i % 256 * _spec.Scale) - _spec.Mean[i / 256]) / _spec.Std[i / 256];
        }
    }

    /// <summary>Elements written by <c>ToRows</c>: height × width × channels of the model's input.</summary>
    public int Length => _spec.Height * _lineLength;

    /// <summary>Writes normalised floats: row y·Width + x holds the channels of site (y, x).</summary>
    /// <param name="picture">A picture of any size.</param>
    /// <param name="destination">At least <see cref="Length"/> elements.</param>
    public void ToRows(Picture picture, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(picture);
        fixed (byte* data = picture.Rgb)
        {
            ToRows(ViewOf(picture, data), destination);
        }
    }

    /// <summary>Writes normalised floats of a frame, which is converted on the way.</summary>
    public void ToRows(in PixelView view, Span<float> destination)
    {
        Start(view, destination.Length);
        bool asIs = IsAsIs(view);
        for (int y = 0; y < _spec.Height; y++)
        {
            Span<float> line = destination.Slice(y * _lineLength, _lineLength);
            if (asIs)
            {
                LookUp(_lines.Line(y), _values, line);
            }
            else
            {
                ResampleLine(y, line);
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
        ArgumentNullException.ThrowIfNull(picture);
        fixed (byte* data = picture.Rgb)
        {
            ToRows(ViewOf(picture, data), destination, scale, zeroPoint);
        }
    }

    /// <summary>Writes quantised values of a frame, which is converted on the way.</summary>
    public void ToRows(in PixelView view, Span<sbyte> destination, float scale, int zeroPoint)
    {
        Start(view, destination.Length);
        if (IsAsIs(view))
        {
            PrepareQuantizedTable(scale, zeroPoint);
            for (int y = 0; y < _spec.Height; y++)
            {
                LookUp(_lines.Line(y), _quantized, destination.Slice(y * _lineLength, _lineLength));
            }

            return;
        }

        fixed (float* row = _row)
        fixed (sbyte* rows = destination)
        {
            ConvertArgs args = new() { Input = row, InputStride = _lineLength, Channels = _lineLength, OutputStride = _lineLength, Scale = scale, ZeroPoint = zeroPoint };
            for (int y = 0; y < _spec.Height; y++)
            {
                ResampleLine(y, _row);
                args.Output = rows + ((nint)y * _lineLength);
                _quantize(in args, 0, 1);
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

        double factor = _tables.Cover(pictureWidth, pictureHeight);
        double shareX = _spec.Width * factor / pictureWidth;
        double shareY = _spec.Height * factor / pictureHeight;
        return ((float)(((1 - shareX) / 2) + (x * shareX)), (float)(((1 - shareY) / 2) + (y * shareY)));
    }

    private static PixelView ViewOf(Picture picture, byte* data) => new(PixelFormat.Rgb24, picture.Width, picture.Height, (nint)data, picture.Width * 3);

    private void Start(in PixelView view, int length)
    {
        if (length < Length)
        {
            throw new ArgumentException($"The destination holds {length} elements, {Length} are needed.");
        }

        _lines.Start(in view);
        _tables.Prepare(view.Width, view.Height);
    }

    private bool IsAsIs(in PixelView view) => view.Width == _spec.Width && view.Height == _spec.Height;

    private void PrepareQuantizedTable(float scale, int zeroPoint)
    {
        // A scale of 0 never comes in, so the fields' initial values stand for "no table yet".
        if (scale == _tableScale && zeroPoint == _tableZeroPoint)
        {
            return;
        }

        fixed (float* values = _values)
        fixed (sbyte* table = _quantized)
        {
            ConvertArgs args = new() { Input = values, InputStride = _values.Length, Channels = _values.Length, Output = table, OutputStride = _values.Length, Scale = scale, ZeroPoint = zeroPoint };
            _quantize(in args, 0, 1);
        }

        (_tableScale, _tableZeroPoint) = (scale, zeroPoint);
    }

    private void LookUp<T>(byte* pixels, T[] table, Span<T> line)
    {
        if (_channels == 1)
        {
            for (int x = 0; x < line.Length; x++)
            {
                line[x] = table[pixels[x]];
            }

            return;
        }

        int first = _spec.Color == ColorOrder.Bgr ? 2 : 0;
        int last = 2 - first;
        for (int at = 0; at + 2 < line.Length; at += 3)
        {
            line[at] = table[pixels[at + first]];
            line[at + 1] = table[256 + pixels[at + 1]];
            line[at + 2] = table[512 + pixels[at + last]];
        }
    }

    private void ResampleLine(int y, Span<float> line)
    {
        (int low, int high, float share) = _tables.Lines(y);
        FitArgs args = _tables.Args();
        args.Top = _lines.Line(low);
        args.Bottom = _lines.Line(high);
        args.ShareY = share;
        fixed (float* output = line)
        {
            args.Output = output;
            _fit(in args, 0, _lineLength);
        }
    }
}
