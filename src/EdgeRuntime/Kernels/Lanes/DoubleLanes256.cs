using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeRuntime.Kernels.Lanes;

/// <summary>Eight double lanes in two vectors: AVX2.</summary>
internal readonly struct DoubleLanes256(Vector256<double> lower, Vector256<double> upper) : IDoubleLanes<DoubleLanes256, FloatLanes256>
{
    private readonly Vector256<double> _lower = lower;
    private readonly Vector256<double> _upper = upper;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes256 Create(double value) => new(Vector256.Create(value), Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes256 Widen(FloatLanes256 a) => new(Vector256.WidenLower(a.Value), Vector256.WidenUpper(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes256 Narrow(DoubleLanes256 a) => new(Vector256.Narrow(a._lower, a._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes256 operator +(DoubleLanes256 a, DoubleLanes256 b) => new(a._lower + b._lower, a._upper + b._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes256 operator -(DoubleLanes256 a, DoubleLanes256 b) => new(a._lower - b._lower, a._upper - b._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes256 operator *(DoubleLanes256 a, DoubleLanes256 b) => new(a._lower * b._lower, a._upper * b._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes256 operator /(DoubleLanes256 a, DoubleLanes256 b) => new(a._lower / b._lower, a._upper / b._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes256 operator -(DoubleLanes256 a) => new(a._lower ^ Vector256.Create(-0.0), a._upper ^ Vector256.Create(-0.0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes256 operator <(DoubleLanes256 a, DoubleLanes256 b) => new(Vector256.LessThan(a._lower, b._lower), Vector256.LessThan(a._upper, b._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes256 operator >(DoubleLanes256 a, DoubleLanes256 b) => new(Vector256.GreaterThan(a._lower, b._lower), Vector256.GreaterThan(a._upper, b._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes256 AreEqual(DoubleLanes256 a, DoubleLanes256 b) => new(Vector256.Equals(a._lower, b._lower), Vector256.Equals(a._upper, b._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes256 Abs(DoubleLanes256 a) => new(Vector256.Abs(a._lower), Vector256.Abs(a._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes256 FlipSign(DoubleLanes256 a, DoubleLanes256 sign) => new(FlipSign(a._lower, sign._lower), FlipSign(a._upper, sign._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes256 Select(DoubleLanes256 mask, DoubleLanes256 yes, DoubleLanes256 no) => new(
        Vector256.ConditionalSelect(mask._lower, yes._lower, no._lower),
        Vector256.ConditionalSelect(mask._upper, yes._upper, no._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes256 PowerOfTwo(DoubleLanes256 shifted) => new(PowerOfTwo(shifted._lower), PowerOfTwo(shifted._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> FlipSign(Vector256<double> a, Vector256<double> sign) => a ^ (sign & Vector256.Create(-0.0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> PowerOfTwo(Vector256<double> shifted) => Vector256.ShiftLeft(shifted.AsInt64() + Vector256.Create(1023L), 52).AsDouble();
}
