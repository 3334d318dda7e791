using System.Runtime.CompilerServices;

namespace EdgeRuntime.Kernels.Lanes;

/// <summary><see cref="DeterministicMath"/> on vectors: the same operations in the same order, hence the same bits.</summary>
internal static class VectorMath<TFloat, TDouble>
    where TFloat : struct, IFloatLanes<TFloat>
    where TDouble : struct, IDoubleLanes<TDouble, TFloat>
{
    /// <inheritdoc cref="DeterministicMath.Exp"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat Exp(TFloat x) => TDouble.Narrow(Exp(TDouble.Widen(x)));

    /// <inheritdoc cref="DeterministicMath.ExpMinusOne"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat ExpMinusOne(TFloat x) => TDouble.Narrow(ExpMinusOne(TDouble.Widen(x)));

    /// <inheritdoc cref="DeterministicMath.Tanh"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat Tanh(TFloat x) => TDouble.Narrow(Tanh(TDouble.Widen(x)));

    /// <inheritdoc cref="DeterministicMath.Sigmoid"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat Sigmoid(TFloat x) => TDouble.Narrow(Sigmoid(TDouble.Widen(x)));

    /// <inheritdoc cref="DeterministicMath.Swish"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat Swish(TFloat x)
    {
        TFloat value = TDouble.Narrow(Swish(TDouble.Widen(x)));
        return ZeroAtMinusInfinity(x, value);
    }

    /// <inheritdoc cref="DeterministicMath.Mish"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat Mish(TFloat x)
    {
        TFloat value = TDouble.Narrow(Mish(TDouble.Widen(x)));
        value = TFloat.Select(x > TFloat.Create(40), x, value);
        return ZeroAtMinusInfinity(x, value);
    }

    /// <inheritdoc cref="DeterministicMath.GeluTanh"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat GeluTanh(TFloat x)
    {
        TFloat value = TDouble.Narrow(GeluTanh(TDouble.Widen(x)));
        return ZeroAtMinusInfinity(x, value);
    }

    // Minus infinity alone is below every finite number.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat ZeroAtMinusInfinity(TFloat x, TFloat value)
        => TFloat.Select(x < TFloat.Create(float.MinValue), TFloat.Create(0), value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TDouble Exp(TDouble x)
    {
        TDouble fraction = Reduce(x, out TDouble power);
        return (TDouble.Create(1) + (fraction + (fraction * fraction * ExpTail(fraction)))) * power;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TDouble ExpMinusOne(TDouble x)
    {
        TDouble one = TDouble.Create(1);
        TDouble fraction = Reduce(x, out TDouble power);
        TDouble value = fraction + (fraction * fraction * ExpTail(fraction));
        return TDouble.Select(TDouble.AreEqual(power, one), value, ((one + value) * power) - one);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TDouble Tanh(TDouble x)
    {
        TDouble two = TDouble.Create(2);
        TDouble value = ExpMinusOne(two * TDouble.Abs(x));
        return TDouble.FlipSign(value / (value + two), x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TDouble Sigmoid(TDouble x) => TDouble.Create(1) / (TDouble.Create(1) + Exp(-x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TDouble Swish(TDouble x) => x / (TDouble.Create(1) + Exp(-x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TDouble Mish(TDouble x)
    {
        TDouble two = TDouble.Create(2);
        TDouble power = Exp(x);
        TDouble product = power * (power + two);
        return x * (product / (product + two));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TDouble GeluTanh(TDouble x)
    {
        TDouble argument = TDouble.Create(DeterministicMath.GeluSlope) * (x + (TDouble.Create(DeterministicMath.GeluCubic) * (x * x * x)));
        return x / (TDouble.Create(1) + Exp(-argument));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TDouble Reduce(TDouble x, out TDouble power)
    {
        TDouble limit = TDouble.Create(DeterministicMath.ExponentLimit);
        TDouble magic = TDouble.Create(DeterministicMath.RoundingMagic);
        x = TDouble.Select(x < -limit, -limit, x);
        x = TDouble.Select(x > limit, limit, x);
        TDouble shifted = (x * TDouble.Create(DeterministicMath.Log2E)) + magic;
        TDouble k = shifted - magic;
        power = TDouble.PowerOfTwo(shifted);
        return x - (k * TDouble.Create(DeterministicMath.Ln2High)) - (k * TDouble.Create(DeterministicMath.Ln2Low));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TDouble ExpTail(TDouble r)
    {
        TDouble sum = TDouble.Create(1.0 / 39916800);
        sum = (sum * r) + TDouble.Create(1.0 / 3628800);
        sum = (sum * r) + TDouble.Create(1.0 / 362880);
        sum = (sum * r) + TDouble.Create(1.0 / 40320);
        sum = (sum * r) + TDouble.Create(1.0 / 5040);
        sum = (sum * r) + TDouble.Create(1.0 / 720);
        sum = (sum * r) + TDouble.Create(1.0 / 120);
        sum = (sum * r) + TDouble.Create(1.0 / 24);
        sum = (sum * r) + TDouble.Create(1.0 / 6);
        return (sum * r) + TDouble.Create(0.5);
    }
}
