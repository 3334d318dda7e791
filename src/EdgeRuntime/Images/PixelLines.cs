using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeRuntime.Kernels;
using EdgeRuntime.Kernels.Pixels;

namespace EdgeRuntime.Images;

/// <summary>Lines of a frame as R, G, B or as luma, converted when they are asked for. The last two asked for stay valid.</summary>
internal sealed unsafe class PixelLines
{
    private readonly RowKernel<YuvArgs> _colors = KernelSelection.Select(YuvKernels.All).Run;
    private readonly RowKernel<LumaArgs> _luma = KernelSelection.Select(LumaKernels.All).Run;
    private readonly int[] _held = [-1, -1];
    private readonly bool _gray;
    private PixelView _view;
    private byte[] _buffer = [];
    private int _width;
    private int _next;

    /// <param name="gray">Luma is wanted, one byte per pixel; else R, G, B.</param>
    public PixelLines(bool gray) => _gray = gray;

    /// <summary>Starts a frame. Allocates only when it is wider than all before.</summary>
    public void Start(in PixelView view)
    {
        if (view.Format == PixelFormat.Jpeg)
        {
            throw new ArgumentException("A JPEG frame must be decoded first.", nameof(view));
        }

        _view = view;
        (_held[0], _held[1]) = (-1, -1);
        if (view.Width > _width)
        {
            // Two lines as they are handed out, and R, G, B on the way to luma.
            _buffer = GC.AllocateUninitializedArray<byte>(view.Width * 9, pinned: true);
            _width = view.Width;
        }
    }

    /// <summary>First byte of line <paramref name="y"/>.</summary>
    public byte* Line(int y)
    {
        if (_view.Format == (_gray ? PixelFormat.Grey : PixelFormat.Rgb24))
        {
            return _view.Line(y);
        }

        byte* buffer = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_buffer));
        for (int slot = 0; slot < 2; slot++)
        {
            if (_held[slot] == y)
            {
                _next = 1 - slot;
                return buffer + (slot * _width * 3);
            }
        }

        byte* line = buffer + (_next * _width * 3);
        _held[_next] = y;
        _next = 1 - _next;
        Convert(y, line, buffer + (_width * 6));
        return line;
    }

    private void Convert(int y, byte* line, byte* scratch)
    {
        if (_view.Format == PixelFormat.Grey)
        {
            byte* source = _view.Line(y);
            for (int x = 0; x < _view.Width; x++)
            {
                line[x * 3] = line[(x * 3) + 1] = line[(x * 3) + 2] = source[x];
            }

            return;
        }

        byte* colors = _view.Line(y);
        if (_view.Format != PixelFormat.Rgb24)
        {
            colors = _gray ? scratch : line;
            YuvArgs args = _view.LineArgs(y, colors);
            _colors(in args, 0, _view.Width);
        }

        if (_gray)
        {
            LumaArgs args = new() { Input = colors, Output = line };
            _luma(in args, 0, _view.Width);
        }
    }
}
