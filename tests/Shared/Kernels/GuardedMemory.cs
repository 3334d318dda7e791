using System.Runtime.InteropServices;

namespace EdgeRuntime.Tests.Shared.Kernels;

/// <summary>Unmanaged memory that ends exactly at an inaccessible page, so that reading or writing too far ends the process.</summary>
public sealed unsafe class GuardedMemory : IDisposable
{
    private const nint Page = 65536;

    private readonly byte* map;
    private readonly nuint mapBytes;

    /// <summary>Reserves <paramref name="bytes"/> zeroed bytes.</summary>
    /// <param name="bytes">Usable size.</param>
    /// <param name="alignment">Alignment of the start; 1 puts the last byte right before the inaccessible page.</param>
    public GuardedMemory(nint bytes, nint alignment = 1)
    {
        nint body = (bytes + alignment + Page - 1) / Page * Page;
        mapBytes = (nuint)(body + Page);
        map = Map(null, mapBytes, 3, 0x22, -1, 0);
        if ((nint)map == -1 || Protect(map + body, (nuint)Page, 0) != 0)
        {
            throw new InvalidOperationException("mmap or mprotect failed.");
        }

        Start = (byte*)((nint)(map + body - bytes) & -alignment);
    }

    /// <summary>First byte.</summary>
    public byte* Start { get; }

    /// <inheritdoc/>
    public void Dispose() => Unmap(map, mapBytes);

    [DllImport("libc", EntryPoint = "mmap")]
    private static extern byte* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [DllImport("libc", EntryPoint = "mprotect")]
    private static extern int Protect(void* address, nuint length, int protection);

    [DllImport("libc", EntryPoint = "munmap")]
    private static extern int Unmap(void* address, nuint length);
}
