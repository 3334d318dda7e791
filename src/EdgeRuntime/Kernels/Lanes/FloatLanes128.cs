using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace EdgeRuntime.Kernels.Lanes;

/// <summary>Four fp32 lanes: NEON and SSE.</summary>
internal unsafe struct FloatLanes128(Vector128<float> value) : IFloatLanes<FloatLanes128>
{
    private Vector128<float> _value = value;

    /// <summary>The register.</summary>
    public readonly Vector128<float> Value => _value;

    public static int Width => 4;

    public static bool IsSupported => (Fma.IsSupported && Sse41.IsSupported) || AdvSimd.Arm64.IsSupported;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes128 Create(float value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes128 Load(float* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes128 Load(sbyte* source)
    {
        if (Sse41.IsSupported)
        {
            return new(Vector128.ConvertToSingle(Sse41.ConvertToVector128Int32(source)));
        }

        Vector128<sbyte> bytes = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<int>(source)).AsSByte();
        return new(Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(bytes))));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* destination) => _value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void StorePart(float* destination, nint count)
    {
        Vector128<float> rest = _value;
        if ((count & 2) != 0)
        {
            Unsafe.WriteUnaligned(destination, rest.AsUInt64()[0]);
            destination += 2;
            rest = Vector128.Shuffle(rest, Vector128.Create(2, 3, 2, 3));
        }

        if ((count & 1) != 0)
        {
            *destination = rest.ToScalar();
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void StoreRounded(sbyte* destination, int zeroPoint)
    {
        Vector128<int> level = Int8Rounding.RoundToInt32(_value) + Vector128.Create(zeroPoint);
        Vector128<sbyte> bytes = Int8Rounding.Narrow(level, level, level, level);
        Unsafe.WriteUnaligned(destination, bytes.AsUInt32().ToScalar());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes128 operator +(FloatLanes128 a, FloatLanes128 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes128 operator -(FloatLanes128 a, FloatLanes128 b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes128 operator *(FloatLanes128 a, FloatLanes128 b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes128 operator /(FloatLanes128 a, FloatLanes128 b) => new(a._value / b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes128 operator -(FloatLanes128 a) => new(a._value ^ Vector128.Create(-0f));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes128 operator <(FloatLanes128 a, FloatLanes128 b) => new(Vector128.LessThan(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes128 operator >(FloatLanes128 a, FloatLanes128 b) => new(Vector128.GreaterThan(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddProduct(FloatLanes128 a, FloatLanes128 b) => _value = Vector128.FusedMultiplyAdd(a._value, b._value, _value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes128 Sqrt(FloatLanes128 a) => new(Vector128.Sqrt(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes128 Abs(FloatLanes128 a) => new(Vector128.Abs(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes128 ZeroIfNaN(FloatLanes128 a) => new(a._value & Vector128.Equals(a._value, a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes128 Floor(FloatLanes128 a) => new(Vector128.Floor(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes128 Ceiling(FloatLanes128 a) => new(Vector128.Ceiling(a._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes128 Greater(FloatLanes128 a, FloatLanes128 b) => new(Int8Rounding.Greater(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes128 Lesser(FloatLanes128 a, FloatLanes128 b) => new(Int8Rounding.Lesser(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes128 Maximum(FloatLanes128 a, FloatLanes128 b) => new(Vector128.Max(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes128 Minimum(FloatLanes128 a, FloatLanes128 b) => new(Vector128.Min(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatLanes128 Select(FloatLanes128 mask, FloatLanes128 yes, FloatLanes128 no)
        => new(Vector128.ConditionalSelect(mask._value, yes._value, no._value));
}
