using System.Runtime.CompilerServices;
using EdgeRuntime.Kernels.Lanes;

namespace EdgeRuntime.Kernels.Elementwise;

internal readonly struct Sigmoid<T, TDouble> : IUnaryLanes<T>
    where T : struct, IFloatLanes<T>
    where TDouble : struct, IDoubleLanes<TDouble, T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply(T x, T alpha, T beta) => VectorMath<T, TDouble>.Sigmoid(x);
}

internal readonly struct Tanh<T, TDouble> : IUnaryLanes<T>
    where T : struct, IFloatLanes<T>
    where TDouble : struct, IDoubleLanes<TDouble, T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply(T x, T alpha, T beta) => VectorMath<T, TDouble>.Tanh(x);
}

internal readonly struct Exp<T, TDouble> : IUnaryLanes<T>
    where T : struct, IFloatLanes<T>
    where TDouble : struct, IDoubleLanes<TDouble, T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply(T x, T alpha, T beta) => VectorMath<T, TDouble>.Exp(x);
}

internal readonly struct Elu<T, TDouble> : IUnaryLanes<T>
    where T : struct, IFloatLanes<T>
    where TDouble : struct, IDoubleLanes<TDouble, T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply(T x, T alpha, T beta) => T.Select(x < T.Create(0), alpha * VectorMath<T, TDouble>.ExpMinusOne(x), x);
}

internal readonly struct Selu<T, TDouble> : IUnaryLanes<T>
    where T : struct, IFloatLanes<T>
    where TDouble : struct, IDoubleLanes<TDouble, T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply(T x, T alpha, T beta) => beta * T.Select(x > T.Create(0), x, alpha * VectorMath<T, TDouble>.ExpMinusOne(x));
}

internal readonly struct Mish<T, TDouble> : IUnaryLanes<T>
    where T : struct, IFloatLanes<T>
    where TDouble : struct, IDoubleLanes<TDouble, T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply(T x, T alpha, T beta) => VectorMath<T, TDouble>.Mish(x);
}

internal readonly struct Swish<T, TDouble> : IUnaryLanes<T>
    where T : struct, IFloatLanes<T>
    where TDouble : struct, IDoubleLanes<TDouble, T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply(T x, T alpha, T beta) => VectorMath<T, TDouble>.Swish(x);
}

internal readonly struct GeluTanh<T, TDouble> : IUnaryLanes<T>
    where T : struct, IFloatLanes<T>
    where TDouble : struct, IDoubleLanes<TDouble, T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply(T x, T alpha, T beta) => VectorMath<T, TDouble>.GeluTanh(x);
}
