namespace EdgeRuntime.Kernels.Depthwise;

/// <summary>Depthwise convolution over rows: out[o, c] = f(bias[c] + Σ_k weights[k, c] · input[table[o, k], c]).</summary>
/// <typeparam name="T"><c>sbyte</c> or <c>float</c>.</typeparam>
/// <remarks>Same arithmetic as <see cref="Convolution.ConvolutionKernel{T}"/>. With one tap it is a per-channel scale and shift.</remarks>
public unsafe struct DepthwiseArgs<T>
    where T : unmanaged
{
    /// <summary>Input row 0; 64 bytes behind the last row are readable.</summary>
    public T* Input;

    /// <summary>Elements from one input row to the next.</summary>
    public nint InputStride;

    /// <summary>What a sentinel tap reads: Channels elements, 64 more bytes readable.</summary>
    public T* PaddingRow;

    /// <summary>[rows, Taps]; negative: padding row. Null: one tap, row o reads row o.</summary>
    public int* Table;

    /// <summary>Taps per output row.</summary>
    public int Taps;

    /// <summary>Channels of input and output.</summary>
    public int Channels;

    /// <summary>[Taps, WeightStride] weights, tap-major; int8 in [-127, 127]. 64 bytes of slack.</summary>
    public T* Weights;

    /// <summary>Elements from one tap's weights to the next: Channels rounded up to 32; the slack holds zeros.</summary>
    public nint WeightStride;

    /// <summary>int8: int32 bias, zero-point correction folded in. fp32: float bias. 256 bytes of slack.</summary>
    public void* Bias;

    /// <summary>int8: multiplier per channel, 256 bytes of slack. fp32: null.</summary>
    public float* Scale;

    /// <summary>int8: zero point of the output.</summary>
    public int OutputZeroPoint;

    /// <summary>Lower clamp: int8 in quantised units, fp32 as is.</summary>
    public float OutputMin;

    /// <summary>Upper clamp.</summary>
    public float OutputMax;

    /// <summary>Output row 0. Nothing outside the Channels elements of a row may be written.</summary>
    public T* Output;

    /// <summary>Elements from one output row to the next.</summary>
    public nint OutputStride;
}
