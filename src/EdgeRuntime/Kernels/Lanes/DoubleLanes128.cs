using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeRuntime.Kernels.Lanes;

/// <summary>Four double lanes in two vectors: NEON and SSE2.</summary>
internal readonly struct DoubleLanes128(Vector128<double> lower, Vector128<double> upper) : IDoubleLanes<DoubleLanes128, FloatLanes128>
{
    private readonly Vector128<double> _lower = lower;
    private readonly Vector128<double> _upper = upper;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes128 Create(double value) => new(Vector128.Create(value), Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes128 Widen(FloatLanes128 a) => new(Vector128.WidenLower(a.Value), Vector128.WidenUpper(a.Value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes128 Narrow(DoubleLanes128 a) => new(Vector128.Narrow(a._lower, a._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes128 operator +(DoubleLanes128 a, DoubleLanes128 b) => new(a._lower + b._lower, a._upper + b._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes128 operator -(DoubleLanes128 a, DoubleLanes128 b) => new(a._lower - b._lower, a._upper - b._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes128 operator *(DoubleLanes128 a, DoubleLanes128 b) => new(a._lower * b._lower, a._upper * b._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes128 operator /(DoubleLanes128 a, DoubleLanes128 b) => new(a._lower / b._lower, a._upper / b._upper);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes128 operator -(DoubleLanes128 a) => new(a._lower ^ Vector128.Create(-0.0), a._upper ^ Vector128.Create(-0.0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes128 operator <(DoubleLanes128 a, DoubleLanes128 b) => new(Vector128.LessThan(a._lower, b._lower), Vector128.LessThan(a._upper, b._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes128 operator >(DoubleLanes128 a, DoubleLanes128 b) => new(Vector128.GreaterThan(a._lower, b._lower), Vector128.GreaterThan(a._upper, b._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes128 AreEqual(DoubleLanes128 a, DoubleLanes128 b) => new(Vector128.Equals(a._lower, b._lower), Vector128.Equals(a._upper, b._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes128 Abs(DoubleLanes128 a) => new(Vector128.Abs(a._lower), Vector128.Abs(a._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes128 FlipSign(DoubleLanes128 a, DoubleLanes128 sign) => new(FlipSign(a._lower, sign._lower), FlipSign(a._upper, sign._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes128 Select(DoubleLanes128 mask, DoubleLanes128 yes, DoubleLanes128 no) => new(
        Vector128.ConditionalSelect(mask._lower, yes._lower, no._lower),
        Vector128.ConditionalSelect(mask._upper, yes._upper, no._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DoubleLanes128 PowerOfTwo(DoubleLanes128 shifted) => new(PowerOfTwo(shifted._lower), PowerOfTwo(shifted._upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> FlipSign(Vector128<double> a, Vector128<double> sign) => a ^ (sign & Vector128.Create(-0.0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> PowerOfTwo(Vector128<double> shifted) => Vector128.ShiftLeft(shifted.AsInt64() + Vector128.Create(1023L), 52).AsDouble();
}
