using System.Runtime.CompilerServices;
using EdgeRuntime.Kernels.Lanes;

namespace EdgeRuntime.Kernels.Elementwise;

internal readonly struct Relu<T> : IUnaryLanes<T>
    where T : struct, IFloatLanes<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply(T x, T alpha, T beta) => T.Select(x < T.Create(0), T.Create(0), x);
}

internal readonly struct Clip<T> : IUnaryLanes<T>
    where T : struct, IFloatLanes<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply(T x, T alpha, T beta) => Vectors.Clamp(x, alpha, beta);
}

internal readonly struct LeakyRelu<T> : IUnaryLanes<T>
    where T : struct, IFloatLanes<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply(T x, T alpha, T beta) => T.Select(x < T.Create(0), alpha * x, x);
}

internal readonly struct HardSigmoid<T> : IUnaryLanes<T>
    where T : struct, IFloatLanes<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply(T x, T alpha, T beta) => Vectors.Clamp((alpha * x) + beta, T.Create(0), T.Create(1));
}

internal readonly struct HardSwish<T> : IUnaryLanes<T>
    where T : struct, IFloatLanes<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply(T x, T alpha, T beta) => x * Vectors.Clamp((x / T.Create(6)) + T.Create(0.5f), T.Create(0), T.Create(1));
}

internal readonly struct Sqrt<T> : IUnaryLanes<T>
    where T : struct, IFloatLanes<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply(T x, T alpha, T beta) => T.Sqrt(x);
}

internal readonly struct Negate<T> : IUnaryLanes<T>
    where T : struct, IFloatLanes<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply(T x, T alpha, T beta) => -x;
}

internal readonly struct Abs<T> : IUnaryLanes<T>
    where T : struct, IFloatLanes<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply(T x, T alpha, T beta) => T.Abs(x);
}

internal readonly struct Linear<T> : IUnaryLanes<T>
    where T : struct, IFloatLanes<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply(T x, T alpha, T beta) => (alpha * x) + beta;
}

internal readonly struct Reciprocal<T> : IUnaryLanes<T>
    where T : struct, IFloatLanes<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply(T x, T alpha, T beta) => T.Create(1) / x;
}

internal readonly struct ThresholdedRelu<T> : IUnaryLanes<T>
    where T : struct, IFloatLanes<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply(T x, T alpha, T beta) => T.Select(x > alpha, x, T.Create(0));
}

internal readonly struct Floor<T> : IUnaryLanes<T>
    where T : struct, IFloatLanes<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply(T x, T alpha, T beta) => T.Floor(x);
}

internal readonly struct Ceiling<T> : IUnaryLanes<T>
    where T : struct, IFloatLanes<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply(T x, T alpha, T beta) => T.Ceiling(x);
}

internal readonly struct Softsign<T> : IUnaryLanes<T>
    where T : struct, IFloatLanes<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply(T x, T alpha, T beta) => x / (T.Create(1) + T.Abs(x));
}
