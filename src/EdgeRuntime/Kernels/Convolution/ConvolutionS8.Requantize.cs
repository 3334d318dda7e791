using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using X86Avx = System.Runtime.Intrinsics.X86.Avx;

namespace EdgeRuntime.Kernels.Convolution;

/// <summary>int32 accumulators to int8: the last step of every int8 kernel, once per vector width.</summary>
/// <remarks>
/// The clamp comes before the rounding, in float, so that the conversion to int32 can neither overflow nor depend on the
/// CPU's out-of-range result. The product and the clamp stay separate operations: a fused one would round once instead of twice.
/// </remarks>
internal static unsafe class RequantizeS8
{
    /// <summary>Scalar form; <paramref name="min"/> and <paramref name="max"/> in quantised units.</summary>
    public static sbyte One(int sum, float scale, float min, float max, int zeroPoint)
    {
        float y = (float)sum * scale;
        float low = min - zeroPoint;
        float high = max - zeroPoint;
        y = y < low ? low : y;
        y = y > high ? high : y;
        return (sbyte)((int)MathF.Round(y, MidpointRounding.ToEven) + zeroPoint);
    }

    /// <summary>Eight lanes to int32 in [-128, 127]; <paramref name="low"/> and <paramref name="high"/> are relative to the zero point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Avx(Vector256<int> sum, Vector256<float> scale, Vector256<float> low, Vector256<float> high, Vector256<int> zeroPoint)
    {
        Vector256<float> y = X86Avx.ConvertToVector256Single(sum);
        y = X86Avx.Multiply(y, scale);
        y = X86Avx.Min(X86Avx.Max(y, low), high);
        return Avx2.Add(X86Avx.ConvertToVector256Int32(y), zeroPoint);
    }

    /// <summary>Eight lanes rounded, only the upper clamp applied; the packs that follow saturate what lies below.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> AvxBelow(Vector256<int> sum, Vector256<float> scale, Vector256<float> high)
        => X86Avx.ConvertToVector256Int32(X86Avx.Min(X86Avx.Multiply(X86Avx.ConvertToVector256Single(sum), scale), high));

    /// <summary>Two rows of sixteen columns to bytes: the first row in the lower half.</summary>
    /// <remarks>
    /// Rounding is monotonic, so the lower clamp can follow it; done on bytes it costs an eighth. Only the upper one must come
    /// first, because the conversion turns a value that is too large into the smallest integer.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<sbyte> AvxNarrow(
        Vector256<int> c0, Vector256<int> c1, Vector256<int> d0, Vector256<int> d1, Vector256<short> zeroPoint, Vector256<sbyte> lowest)
    {
        Vector256<short> c = Avx2.AddSaturate(Avx2.PackSignedSaturate(c0, c1), zeroPoint);
        Vector256<short> d = Avx2.AddSaturate(Avx2.PackSignedSaturate(d0, d1), zeroPoint);
        Vector256<int> bytes = Avx2.PackSignedSaturate(c, d).AsInt32();
        bytes = Avx2.PermuteVar8x32(bytes, Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7));
        return Avx2.Max(bytes.AsSByte(), lowest);
    }

    /// <summary>Four lanes, rounded and relative to the zero point, in the low 16 bits of each lane.</summary>
    /// <remarks>
    /// Adding 1.5·2^23 rounds a small float to an integer, nearest even, and leaves that integer in the low bits. The add runs on
    /// both vector pipes at full rate, the conversion instruction on one of them at a quarter of that.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Neon(Vector128<int> sum, Vector128<float> scale, Vector128<float> low, Vector128<float> high)
    {
        Vector128<float> y = AdvSimd.Multiply(AdvSimd.ConvertToSingle(sum), scale);
        y = AdvSimd.Min(AdvSimd.Max(y, low), high);
        return AdvSimd.Add(y, Vector128.Create(12582912f)).AsInt32();
    }

    /// <summary>Four vectors of <see cref="Neon"/> to sixteen bytes with the zero point added, in order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> NeonNarrow(
        Vector128<int> c0, Vector128<int> c1, Vector128<int> c2, Vector128<int> c3, Vector128<sbyte> zeroPoint)
    {
        Vector128<short> first = AdvSimd.Arm64.UnzipEven(c0.AsInt16(), c1.AsInt16());
        Vector128<short> second = AdvSimd.Arm64.UnzipEven(c2.AsInt16(), c3.AsInt16());

        // Clamped beforehand, so the sum is in range although the differences need not be: the low byte is enough.
        return AdvSimd.Add(AdvSimd.Arm64.UnzipEven(first.AsSByte(), second.AsSByte()), zeroPoint);
    }
}
