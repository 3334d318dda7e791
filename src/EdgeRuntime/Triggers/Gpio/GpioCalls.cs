using System.Runtime.InteropServices;

namespace EdgeRuntime.Triggers.Gpio;

/// <summary>The GPIO character device of Linux, version 2 (linux/gpio.h, kernel 5.10 and later).</summary>
internal static unsafe class GpioCalls
{
    public const nuint ChipInformation = 0x8044B401, RequestLines = 0xC250B407, SetValues = 0xC010B40F;
    public const ulong Input = 1 << 2, Output = 1 << 3, RisingEdge = 1 << 4, FallingEdge = 1 << 5;
    public const uint OutputAttribute = 2, DebounceAttribute = 3;
    public const int NameBytes = 32;

    [StructLayout(LayoutKind.Sequential)]
    public struct ChipInfo
    {
        public fixed byte Name[NameBytes];
        public fixed byte Label[NameBytes];
        public uint Lines;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Attribute
    {
        public uint Id;
        public uint Padding;
        public ulong Value;
        public ulong Mask;
    }

    [StructLayout(LayoutKind.Explicit, Size = 592)]
    public struct LineRequest
    {
        [FieldOffset(0)]
        public fixed uint Offsets[64];

        [FieldOffset(256)]
        public fixed byte Consumer[NameBytes];

        [FieldOffset(288)]
        public ulong Flags;

        [FieldOffset(296)]
        public uint AttributeCount;

        [FieldOffset(320)]
        public Attribute FirstAttribute;

        [FieldOffset(560)]
        public uint LineCount;

        [FieldOffset(588)]
        public int File;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct LineValues
    {
        public ulong Bits;
        public ulong Mask;
    }

    [StructLayout(LayoutKind.Explicit, Size = 48)]
    public struct LineEvent
    {
        [FieldOffset(0)]
        public ulong Timestamp;

        [FieldOffset(8)]
        public uint Id;

        [FieldOffset(12)]
        public uint Offset;

        [FieldOffset(16)]
        public uint Sequence;

        [FieldOffset(20)]
        public uint LineSequence;
    }
}
