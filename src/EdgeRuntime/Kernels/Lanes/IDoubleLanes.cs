namespace EdgeRuntime.Kernels.Lanes;

/// <summary>A vector of double lanes: what <see cref="VectorMath{TFloat, TDouble}"/> computes with.</summary>
internal interface IDoubleLanes<T>
    where T : struct, IDoubleLanes<T>
{
    /// <summary>The same value in all lanes.</summary>
    static abstract T Create(double value);

    /// <summary>Sum.</summary>
    static abstract T operator +(T a, T b);

    /// <summary>Difference.</summary>
    static abstract T operator -(T a, T b);

    /// <summary>Product.</summary>
    static abstract T operator *(T a, T b);

    /// <summary>Quotient.</summary>
    static abstract T operator /(T a, T b);

    /// <summary>Sign changed.</summary>
    static abstract T operator -(T a);

    /// <summary>Mask of the lanes where a &lt; b.</summary>
    static abstract T operator <(T a, T b);

    /// <summary>Mask of the lanes where a &gt; b.</summary>
    static abstract T operator >(T a, T b);

    /// <summary>Sign cleared.</summary>
    static abstract T Abs(T a);

    /// <summary>a with the sign bit of <paramref name="sign"/> flipped in.</summary>
    static abstract T FlipSign(T a, T sign);

    /// <summary>yes where the mask is set, else no.</summary>
    static abstract T Select(T mask, T yes, T no);

    /// <summary>Mask of the lanes where a = b.</summary>
    static abstract T AreEqual(T a, T b);

    /// <summary>2^k, where k sits in the low bits of <paramref name="shifted"/> (<see cref="DeterministicMath.RoundingMagic"/>).</summary>
    static abstract T PowerOfTwo(T shifted);
}
