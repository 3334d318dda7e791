namespace EdgeRuntime.Kernels.Pooling;

/// <summary>Weighted sum of rows (linear or cubic resize): out[o, c] = Σ_k weights[o, k] · in[table[o, k], c].</summary>
/// <typeparam name="T"><c>sbyte</c> or <c>float</c>.</typeparam>
/// <remarks>Sum in float, tap order, each product added unfused (a + (w·x)). int8: x is (float)(in − zpIn); y = sum · Scale, clamped, rounded to
/// nearest even, + zpOut. A sentinel contributes nothing.</remarks>
public unsafe struct ResampleArgs<T>
    where T : unmanaged
{
    /// <summary>Input row 0; 64 bytes behind the last row are readable.</summary>
    public T* Input;

    /// <summary>Elements from one input row to the next.</summary>
    public nint InputStride;

    /// <summary>[rows, Taps]; negative: no such site.</summary>
    public int* Table;

    /// <summary>[rows, Taps] weights.</summary>
    public float* Weights;

    /// <summary>Taps per output row.</summary>
    public int Taps;

    /// <summary>Channels of input and output.</summary>
    public int Channels;

    /// <summary>int8: input scale / output scale.</summary>
    public float Scale;

    /// <summary>int8: zero point of the input.</summary>
    public int InputZeroPoint;

    /// <summary>int8: zero point of the output.</summary>
    public int OutputZeroPoint;

    /// <summary>Output row 0.</summary>
    public T* Output;

    /// <summary>Elements from one output row to the next.</summary>
    public nint OutputStride;
}
