namespace EdgeRuntime.Kernels.Lanes;

/// <summary>A vector of fp32 lanes; one kernel source, written against this, serves every vector width.</summary>
/// <remarks>Every member is exact or correctly rounded, so all widths and all CPUs give the same bits.</remarks>
internal unsafe interface IFloatLanes<T>
    where T : struct, IFloatLanes<T>
{
    /// <summary>Lanes.</summary>
    static abstract int Width { get; }

    /// <summary>Whether this CPU has the instructions that make it worth it.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>The same value in all lanes.</summary>
    static abstract T Create(float value);

    /// <summary>Reads all lanes.</summary>
    static abstract T Load(float* source);

    /// <summary>Reads as many int8 as there are lanes.</summary>
    static abstract T Load(sbyte* source);

    /// <summary>Writes all lanes.</summary>
    void Store(float* destination);

    /// <summary>Writes the first lanes; <paramref name="count"/> is less than <see cref="Width"/>.</summary>
    void StorePart(float* destination, nint count);

    /// <summary>Rounds to nearest even, adds the zero point and writes int8; the sums fit.</summary>
    void StoreRounded(sbyte* destination, int zeroPoint);

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

    /// <summary>Adds a · b, rounded once.</summary>
    /// <remarks>In place, since a result apart costs Arm, whose instruction overwrites the sum, a move.</remarks>
    void AddProduct(T a, T b);

    /// <summary>Square root.</summary>
    static abstract T Sqrt(T a);

    /// <summary>Sign cleared.</summary>
    static abstract T Abs(T a);

    /// <summary>0 where a is NaN, else a.</summary>
    static abstract T ZeroIfNaN(T a);

    /// <summary>Rounded down.</summary>
    static abstract T Floor(T a);

    /// <summary>Rounded up.</summary>
    static abstract T Ceiling(T a);

    /// <summary>a &gt; b ? a : b.</summary>
    static abstract T Greater(T a, T b);

    /// <summary>a &lt; b ? a : b.</summary>
    static abstract T Lesser(T a, T b);

    /// <summary>The larger; NaN if either is, and +0 is larger than −0.</summary>
    static abstract T Maximum(T a, T b);

    /// <summary>The smaller; NaN if either is, and −0 is smaller than +0.</summary>
    static abstract T Minimum(T a, T b);

    /// <summary>yes where the mask is set, else no.</summary>
    static abstract T Select(T mask, T yes, T no);
}
