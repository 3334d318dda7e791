namespace EdgeRuntime.Kernels.Convolution;

/// <summary>One group of a convolution over rows: out[o, n] = f(bias[n] + Σ_k Σ_c weights[n, k, c] · input[table[o, k], c]).</summary>
/// <typeparam name="T">Element of input and output: <c>sbyte</c> or <c>float</c>.</typeparam>
public unsafe struct ConvolutionArgs<T>
    where T : unmanaged
{
    /// <summary>Input row 0, at the first channel of this group. At least 64 bytes behind the last row are readable.</summary>
    public T* Input;

    /// <summary>Elements from one input row to the next (≥ Channels).</summary>
    public nint InputStride;

    /// <summary>What a sentinel tap reads: Channels elements (int8: the zero point; fp32: 0), 64 more bytes readable.</summary>
    public T* PaddingRow;

    /// <summary>[rows, Taps] input row of each tap; a negative entry reads <see cref="PaddingRow"/>. Null: one tap, row o reads row o.</summary>
    public int* Table;

    /// <summary>Taps per output row.</summary>
    public int Taps;

    /// <summary>Channels read at each tap.</summary>
    public int Channels;

    /// <summary>What the kernel's own Pack made of this group's weights.</summary>
    public byte* Weights;

    /// <summary>int8: int32 bias with the zero-point correction −zp·Σw folded in. fp32: float bias. OutputChannels entries and 256 bytes of slack.</summary>
    public void* Bias;

    /// <summary>int8: requantisation multiplier per output channel, 256 bytes of slack. fp32: null.</summary>
    public float* Scale;

    /// <summary>Output channels of this group.</summary>
    public int OutputChannels;

    /// <summary>int8: zero point of the output.</summary>
    public int OutputZeroPoint;

    /// <summary>Clamp: int8 in quantised units (within [-128, 127]); fp32 output as is (infinite when there is none).</summary>
    public float OutputMin;

    /// <summary>Upper clamp, see <see cref="OutputMin"/>.</summary>
    public float OutputMax;

    /// <summary>Output row 0, at the first channel of this group. Nothing outside the OutputChannels elements of a row may be written.</summary>
    public T* Output;

    /// <summary>int8 only. Null: rows go to <see cref="Output"/>. Else they go here as real numbers, so that a network's last layer loses nothing to
    /// rounding: y = (float)acc · Scale, clamped to [OutputMin, OutputMax]; there is no zero point.</summary>
    public float* FloatOutput;

    /// <summary>Elements (of the output written) from one output row to the next.</summary>
    public nint OutputStride;
}
