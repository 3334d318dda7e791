using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace EdgeRuntime.Kernels.Lookup;

/// <summary>Table lookup with <c>tbl</c> and <c>tbx</c>, sixteen channels at a time: each looks among 64 entries and passes over indices beyond.</summary>
internal static unsafe class LookupNeon
{
    public static void Run(in LookupArgs args, int rowBegin, int rowEnd)
    {
        if (args.PerChannel)
        {
            LookupReference.Run(in args, rowBegin, rowEnd);
            return;
        }

        bool dense = args.InputStride == args.Channels && args.OutputStride == args.Channels;
        nint count = dense ? (nint)(rowEnd - rowBegin) * args.Channels : args.Channels;
        for (nint row = rowBegin; row < rowEnd; row += dense ? rowEnd - rowBegin : 1)
        {
            Row((byte*)args.Lut, (byte*)args.Input + (row * args.InputStride), args.Output + (row * args.OutputStride), count);
        }
    }

    private static void Row(byte* lut, byte* input, sbyte* output, nint count)
    {
        var t0 = AdvSimd.Arm64.Load4xVector128(lut);
        var t1 = AdvSimd.Arm64.Load4xVector128(lut + 64);
        var t2 = AdvSimd.Arm64.Load4xVector128(lut + 128);
        var t3 = AdvSimd.Arm64.Load4xVector128(lut + 192);
        Vector128<byte> step = Vector128.Create((byte)64);
        for (; count > 0; count -= Int8Lanes.Width)
        {
            Vector128<byte> index = Vector128.Load(input) ^ Vector128.Create((byte)0x80);
            Vector128<byte> y = AdvSimd.Arm64.VectorTableLookup(t0, index);
            index -= step;
            y = AdvSimd.Arm64.VectorTableLookupExtension(y, t1, index);
            index -= step;
            y = AdvSimd.Arm64.VectorTableLookupExtension(y, t2, index);
            index -= step;
            y = AdvSimd.Arm64.VectorTableLookupExtension(y, t3, index);
            Int8Lanes.Store(y.AsSByte(), output, count);
            input += Int8Lanes.Width;
            output += Int8Lanes.Width;
        }
    }
}
