namespace EdgeRuntime.Kernels.Lanes;

/// <summary>As many double lanes as there are fp32 lanes: what <see cref="VectorMath{TFloat, TDouble}"/> computes with.</summary>
/// <remarks>They take two vectors, whose operations take turns, so that a processor that runs code in order need not wait for each result.</remarks>
internal interface IDoubleLanes<T, TFloat>
    where T : struct, IDoubleLanes<T, TFloat>
    where TFloat : struct, IFloatLanes<TFloat>
{
    /// <summary>The same numbers.</summary>
    static abstract T Widen(TFloat a);

    /// <summary>Rounded to nearest even.</summary>
    static abstract TFloat Narrow(T a);

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
