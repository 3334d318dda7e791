namespace EdgeRuntime.Kernels.Normalization;

/// <summary>Local response normalisation across channels: y[c] = x[c] / (Bias + Alpha/Size · Σ x[j]²)^Beta,
/// j from max(0, c − ⌊(Size−1)/2⌋) to min(Channels−1, c + ⌈(Size−1)/2⌉).</summary>
/// <typeparam name="T"><c>sbyte</c> or <c>float</c>.</typeparam>
/// <remarks>
/// Squares are added in channel order, unfused, from 0. The power of d = Bias + factor · Σ is d (β = 1), √d·√√d (β = 0.75), √d (β = 0.5), else
/// <see cref="DeterministicMath.Pow"/>; then x is divided by it. fp32: factor = Alpha / Size.
/// int8: Σ is over (in − zpIn)², a whole number, so exact for every usual Size; factor = (Alpha / Size) · (InputScale · InputScale); the divided x is
/// (float)(in − zpIn) · (InputScale / OutputScale); then NaN (0 / 0) becomes 0, clamp,
/// rounding to nearest even, + zpOut.
/// </remarks>
public unsafe struct LrnArgs<T>
    where T : unmanaged
{
    /// <summary>Input row 0; 64 bytes behind the last row are readable.</summary>
    public T* Input;

    /// <summary>Elements from one input row to the next.</summary>
    public nint InputStride;

    /// <summary>Channels of input and output.</summary>
    public int Channels;

    /// <summary>Window, in channels.</summary>
    public int Size;

    /// <summary>α.</summary>
    public float Alpha;

    /// <summary>β.</summary>
    public float Beta;

    /// <summary>k.</summary>
    public float Bias;

    /// <summary>int8: scale of the input.</summary>
    public float InputScale;

    /// <summary>int8: scale of the output.</summary>
    public float OutputScale;

    /// <summary>int8: zero point of the input.</summary>
    public int InputZeroPoint;

    /// <summary>int8: zero point of the output.</summary>
    public int OutputZeroPoint;

    /// <summary>Output row 0; not the input.</summary>
    public T* Output;

    /// <summary>Elements from one output row to the next.</summary>
    public nint OutputStride;
}
