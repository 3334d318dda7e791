using System.Runtime.InteropServices;

namespace EdgeRuntime.Plans;

/// <summary>A zeroed, 64-byte aligned piece of native memory.</summary>
public sealed unsafe class NativeBlock : IDisposable
{
    /// <summary>What kernels may read behind any row.</summary>
    public const int Slack = 256;

    private void* _pointer;

    /// <summary>Allocates <paramref name="bytes"/> and <see cref="Slack"/> more.</summary>
    public NativeBlock(long bytes)
    {
        Bytes = bytes;
        nuint total = (nuint)(bytes + Slack);
        _pointer = NativeMemory.AlignedAlloc(total, 64);
        NativeMemory.Clear(_pointer, total);
    }

    /// <summary>Frees what Dispose was not called for.</summary>
    ~NativeBlock() => Free();

    /// <summary>Bytes without the slack.</summary>
    public long Bytes { get; }

    /// <summary>First byte.</summary>
    public byte* Pointer => (byte*)_pointer;

    /// <summary>The bytes as a span (at most 2 GB).</summary>
    public Span<byte> Span => new(_pointer, checked((int)Bytes));

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_pointer);
        _pointer = null;
    }
}
