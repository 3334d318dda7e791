using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeRuntime.Kernels.Pixels;

namespace EdgeRuntime.Images;

/// <summary>Which pixels an input element lies between, and how it is normalised; one entry per element of a line.</summary>
internal sealed unsafe class FitTables
{
    private readonly InputSpec _spec;
    private readonly int _channels;
    private readonly int[] _low;
    private readonly int[] _high;
    private readonly float[] _shareX;
    private readonly float[] _mean;
    private readonly float[] _std;
    private int _pictureWidth;
    private int _pictureHeight;
    private double _stepX;
    private double _stepY;
    private double _originX;
    private double _originY;

    public FitTables(InputSpec spec)
    {
        _spec = spec;
        _channels = spec.Channels;
        int elements = spec.Width * _channels;
        _low = GC.AllocateArray<int>(elements, pinned: true);
        _high = GC.AllocateArray<int>(elements, pinned: true);
        _shareX = GC.AllocateArray<float>(elements, pinned: true);
        _mean = GC.AllocateArray<float>(elements, pinned: true);
        _std = GC.AllocateArray<float>(elements, pinned: true);
        for (int i = 0; i < elements; i++)
        {
            _mean[i] = spec.Mean[i % _channels];
            _std[i] = spec.Std[i % _channels];
        }
    }

    /// <summary>Picture pixels per input pixel at which the picture just covers the input.</summary>
    public double Cover(int width, int height) => Math.Min((double)width / _spec.Width, (double)height / _spec.Height);

    /// <summary>Prepares for pictures of a size; free when it is the size of the one before.</summary>
    public void Prepare(int width, int height)
    {
        if (width == _pictureWidth && height == _pictureHeight)
        {
            return;
        }

        (_pictureWidth, _pictureHeight) = (width, height);
        if (_spec.Resize == ResizeMode.Stretch)
        {
            _stepX = (double)width / _spec.Width;
            _stepY = (double)height / _spec.Height;
            _originX = _originY = 0;
        }
        else
        {
            _stepX = _stepY = Cover(width, height);
            _originX = (width - (_spec.Width * _stepX)) / 2;
            _originY = (height - (_spec.Height * _stepY)) / 2;
        }

        for (int x = 0; x < _spec.Width; x++)
        {
            (int low, int high, float share) = Source(x, _originX, _stepX, width);
            for (int c = 0; c < _channels; c++)
            {
                int color = _spec.Color == ColorOrder.Bgr ? 2 - c : c;
                int i = (x * _channels) + c;
                (_low[i], _high[i], _shareX[i]) = ((low * _channels) + color, (high * _channels) + color, share);
            }
        }
    }

    /// <summary>The picture lines between which input line <paramref name="y"/> lies.</summary>
    public (int Low, int High, float Share) Lines(int y) => Source(y, _originY, _stepY, _pictureHeight);

    /// <summary>Arguments with the tables filled in.</summary>
    public FitArgs Args() => new()
    {
        Low = Pointer(_low),
        High = Pointer(_high),
        ShareX = Pointer(_shareX),
        Scale = _spec.Scale,
        Mean = Pointer(_mean),
        Std = Pointer(_std),
    };

    private static T* Pointer<T>(T[] pinned)
        where T : unmanaged
        => (T*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));

    private static (int Low, int High, float Share) Source(int index, double origin, double step, int size)
    {
        double at = Math.Clamp(origin + ((index + 0.5) * step) - 0.5, 0, size - 1);
        int low = (int)at;
        return (low, Math.Min(low + 1, size - 1), (float)(at - low));
    }
}
