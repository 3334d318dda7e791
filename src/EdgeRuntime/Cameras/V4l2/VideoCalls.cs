using System.Runtime.InteropServices;
using EdgeRuntime.Platform;

namespace EdgeRuntime.Cameras.V4l2;

/// <summary>The video capture interface of Linux on 64-bit machines (linux/videodev2.h).</summary>
internal static unsafe class VideoCalls
{
    public const uint Capture = 1, MemoryMap = 1, CanCapture = 1, CanStream = 0x0400_0000, HasDeviceCaps = 0x8000_0000;
    public const uint ErrorFlag = 0x40, TimestampMask = 0xE000, TimestampMonotonic = 0x2000;
    public const uint AnyField = 0;

    public const nuint QueryCapability = 0x80685600, EnumerateFormat = 0xC0405602, SetFormat = 0xC0D05605, RequestBuffers = 0xC0145608;
    public const nuint QueryBuffer = 0xC0585609, QueueBuffer = 0xC058560F, DequeueBuffer = 0xC0585611;
    public const nuint StreamOn = 0x40045612, StreamOff = 0x40045613, SetParameters = 0xC0CC5616;

    /// <summary>Calls, and again when a signal came between.</summary>
    /// <returns>0, or the error number.</returns>
    public static int Call(int file, nuint request, void* argument)
    {
        int number;
        do
        {
            number = Libc.Control(file, request, argument) < 0 ? Errno.Last : 0;
        }
        while (number == Errno.Interrupted);
        return number;
    }

    [StructLayout(LayoutKind.Explicit, Size = 104)]
    public struct Capability
    {
        [FieldOffset(16)]
        public fixed byte Card[32];

        [FieldOffset(84)]
        public uint Capabilities;

        [FieldOffset(88)]
        public uint DeviceCapabilities;
    }

    [StructLayout(LayoutKind.Explicit, Size = 64)]
    public struct FormatDescription
    {
        [FieldOffset(0)]
        public uint Index;

        [FieldOffset(4)]
        public uint Type;

        [FieldOffset(44)]
        public uint PixelFormat;
    }

    [StructLayout(LayoutKind.Explicit, Size = 208)]
    public struct Format
    {
        [FieldOffset(0)]
        public uint Type;

        [FieldOffset(8)]
        public uint Width;

        [FieldOffset(12)]
        public uint Height;

        [FieldOffset(16)]
        public uint PixelFormat;

        [FieldOffset(20)]
        public uint Field;

        [FieldOffset(24)]
        public uint BytesPerLine;

        [FieldOffset(28)]
        public uint SizeImage;

        [FieldOffset(32)]
        public uint ColorSpace;

        [FieldOffset(44)]
        public uint Encoding;

        [FieldOffset(48)]
        public uint Quantization;
    }

    [StructLayout(LayoutKind.Explicit, Size = 20)]
    public struct BufferRequest
    {
        [FieldOffset(0)]
        public uint Count;

        [FieldOffset(4)]
        public uint Type;

        [FieldOffset(8)]
        public uint Memory;
    }

    [StructLayout(LayoutKind.Explicit, Size = 88)]
    public struct Buffer
    {
        [FieldOffset(0)]
        public uint Index;

        [FieldOffset(4)]
        public uint Type;

        [FieldOffset(8)]
        public uint BytesUsed;

        [FieldOffset(12)]
        public uint Flags;

        [FieldOffset(24)]
        public long Seconds;

        [FieldOffset(32)]
        public long Microseconds;

        [FieldOffset(60)]
        public uint Memory;

        [FieldOffset(64)]
        public uint Offset;

        [FieldOffset(72)]
        public uint Length;
    }

    [StructLayout(LayoutKind.Explicit, Size = 204)]
    public struct Parameters
    {
        [FieldOffset(0)]
        public uint Type;

        [FieldOffset(12)]
        public uint Numerator;

        [FieldOffset(16)]
        public uint Denominator;
    }
}
