using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace EdgeRuntime.Kernels;

/// <summary>Sixteen int8 lanes on their way to wider types and back, for kernels whose one source serves Arm and x86.</summary>
internal static unsafe class Int8Lanes
{
    /// <summary>Lanes per step.</summary>
    public const int Width = 16;

    /// <summary>Whether the CPU has the instructions that these kernels need to be worth it.</summary>
    public static bool IsSupported => Sse41.IsSupported || AdvSimd.Arm64.IsSupported;

    /// <summary>low + the lower, high + the upper eight lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddTo(ref Vector128<short> low, ref Vector128<short> high, sbyte* source)
    {
        if (AdvSimd.IsSupported)
        {
            // Halves are loaded as such: the lower half of a loaded vector would cost a move.
            (Vector64<sbyte> lower, Vector64<sbyte> upper) = AdvSimd.Arm64.LoadPairVector64(source);
            low = AdvSimd.AddWideningLower(low, lower);
            high = AdvSimd.AddWideningLower(high, upper);
            return;
        }

        (Vector128<short> first, Vector128<short> second) = Load(source);
        low += first;
        high += second;
    }

    /// <summary>Sixteen lanes as two vectors of int16.</summary>
    /// <remarks>x86 loads the halves apart, so that widening is part of the load; the upper half of a register would need a shuffle.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector128<short> Low, Vector128<short> High) Load(sbyte* source)
        => Sse41.IsSupported
            ? (Sse41.ConvertToVector128Int16(source), Sse41.ConvertToVector128Int16(source + 8))
            : Vector128.Widen(Vector128.Load(source));

    /// <summary>Writes the first <paramref name="count"/> of sixteen lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<sbyte> lanes, sbyte* destination, nint count)
    {
        if (count >= Width)
        {
            lanes.Store(destination);
        }
        else
        {
            StorePart(lanes, destination, count);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StorePart(Vector128<sbyte> lanes, sbyte* destination, nint count)
    {
        ulong rest = lanes.AsUInt64()[0];
        if ((count & 8) != 0)
        {
            Unsafe.WriteUnaligned(destination, rest);
            destination += 8;
            rest = lanes.AsUInt64()[1];
        }

        for (count &= 7; count != 0; count--)
        {
            *destination++ = (sbyte)rest;
            rest >>= 8;
        }
    }
}
