using EdgeRuntime.Kernels.Lanes;

namespace EdgeRuntime.Kernels.Elementwise;

/// <summary>An elementwise function on vectors, the same operations as in <see cref="UnaryReference"/>.</summary>
internal interface IUnaryLanes<T>
    where T : struct, IFloatLanes<T>
{
    /// <summary>f(x) with the parameters α and β.</summary>
    static abstract T Apply(T x, T alpha, T beta);
}
