using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace EdgeRuntime.Kernels;

/// <summary>The clamp and the rounding that all families share, in scalar and vector form with the same bits.</summary>
/// <remarks>
/// The clamp is two selects: v &lt; lo ? lo : v, then v &gt; hi ? hi : v. So NaN stays NaN and −0 stays −0 on every CPU; the
/// maximum instructions of Arm and x86 differ on both.
/// </remarks>
internal static class Int8Rounding
{
    /// <summary>The clamp as two selects.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Clamp(float value, float low, float high)
    {
        value = value < low ? low : value;
        return value > high ? high : value;
    }

    /// <inheritdoc cref="Clamp(float, float, float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Clamp(Vector128<float> value, Vector128<float> low, Vector128<float> high)
        => Lesser(high, Greater(low, value));

    /// <inheritdoc cref="Clamp(float, float, float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Clamp(Vector256<float> value, Vector256<float> low, Vector256<float> high)
        => Avx.Min(high, Avx.Max(low, value));

    /// <inheritdoc cref="Clamp(float, float, float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Clamp(Vector512<float> value, Vector512<float> low, Vector512<float> high)
        => Avx512F.Min(high, Avx512F.Max(low, value));

    /// <summary>a &gt; b ? a : b per lane, which is what <c>maxps</c> does; Arm's <c>fmax</c> orders NaN and −0 differently.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Greater(Vector128<float> a, Vector128<float> b)
        => Sse.IsSupported ? Sse.Max(a, b) : Vector128.ConditionalSelect(Vector128.GreaterThan(a, b), a, b);

    /// <summary>a &lt; b ? a : b per lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Lesser(Vector128<float> a, Vector128<float> b)
        => Sse.IsSupported ? Sse.Min(a, b) : Vector128.ConditionalSelect(Vector128.LessThan(a, b), a, b);

    /// <summary>Clamps to [low, high] (relative to the zero point), rounds to nearest even, adds the zero point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static sbyte Quantize(float value, float low, float high, int zeroPoint)
        => (sbyte)((int)MathF.Round(Clamp(value, low, high)) + zeroPoint);

    /// <summary>The same for four lanes; the values fit an int8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Quantize(Vector128<float> value, Vector128<float> low, Vector128<float> high, Vector128<int> zeroPoint)
        => RoundToInt32(Clamp(value, low, high)) + zeroPoint;

    /// <summary>Nearest even integer of values that fit an int32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> RoundToInt32(Vector128<float> value)
    {
        if (Sse2.IsSupported)
        {
            return Sse2.ConvertToVector128Int32(value);
        }

        return AdvSimd.IsSupported ? AdvSimd.ConvertToInt32RoundToEven(value) : Vector128.ConvertToInt32(Vector128.Round(value));
    }

    /// <summary>Saturating narrow of sixteen int32 to int8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<sbyte> Narrow(Vector128<int> a, Vector128<int> b, Vector128<int> c, Vector128<int> d)
        => Sse2.IsSupported
            ? Sse2.PackSignedSaturate(Sse2.PackSignedSaturate(a, b), Sse2.PackSignedSaturate(c, d))
            : Vector128.Narrow(Vector128.Narrow(a, b), Vector128.Narrow(c, d));
}
