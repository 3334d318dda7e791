using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EdgeRuntime.Images;

namespace EdgeRuntime.Cameras;

/// <summary>A frame in memory of its own, which is used again and again.</summary>
public sealed unsafe class Frame
{
    private byte[] _data = [];

    /// <summary>How the pixels lie.</summary>
    public PixelFormat Format { get; private set; }

    /// <summary>Pixels per line.</summary>
    public int Width { get; private set; }

    /// <summary>Lines.</summary>
    public int Height { get; private set; }

    /// <summary>Bytes from one line to the next.</summary>
    public int Stride { get; private set; }

    /// <summary>What U and V mean.</summary>
    public YuvCoding Coding { get; private set; }

    /// <summary>Bytes in use.</summary>
    public int Length { get; private set; }

    /// <summary>When it was taken, on <see cref="Platform.Clock"/>.</summary>
    public long CapturedAt { get; set; }

    /// <summary>File that it came from; null for cameras.</summary>
    public string? Source { get; set; }

    /// <summary>The bytes in use.</summary>
    public Span<byte> Bytes => _data.AsSpan(0, Length);

    /// <summary>The bytes in use as memory, for decoders.</summary>
    public ReadOnlyMemory<byte> Memory => _data.AsMemory(0, Length);

    /// <summary>The pixels; not for <see cref="PixelFormat.Jpeg"/>.</summary>
    public PixelView View => new(Format, Width, Height, (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_data)), Stride, Coding);

    /// <summary>Describes what will lie in <see cref="Bytes"/>; allocates only when it is larger than all before.</summary>
    /// <param name="format">How the pixels lie.</param>
    /// <param name="width">Pixels per line.</param>
    /// <param name="height">Lines.</param>
    /// <param name="stride">Bytes from one line to the next; 0 = no padding.</param>
    /// <param name="coding">What U and V mean.</param>
    /// <param name="length">Bytes in use; 0 = as many as the format takes.</param>
    public void Describe(PixelFormat format, int width, int height, int stride = 0, YuvCoding coding = YuvCoding.Bt601Limited, int length = 0)
    {
        (Format, Width, Height, Coding) = (format, width, height, coding);
        Stride = stride == 0 ? PixelView.SmallestStride(format, width) : stride;
        Length = length == 0 ? checked((int)PixelView.BytesOf(format, width, height, Stride)) : length;
        if (_data.Length < Length)
        {
            _data = GC.AllocateUninitializedArray<byte>(Length, pinned: true);
        }
    }
}
