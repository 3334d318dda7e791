namespace EdgeRuntime.Kernels.Pooling;

/// <summary>Pooling over rows through a table.</summary>
/// <typeparam name="T"><c>sbyte</c> or <c>float</c>.</typeparam>
/// <remarks>
/// Maximum: largest of the taps that are not sentinels (int8: −128, fp32: −∞ if all are); int8 input and output share scale and zero point.
/// fp32: m = x &gt; m ? x : m in tap order from −∞, so NaN is passed over.
/// Average: n = taps that are not sentinels, d = Divisor &gt; 0 ? Divisor : n. int8: y = (float)(Σx − n·zpIn) · (Scale / (float)d),
/// clamped to [-128 − zpOut, 127 − zpOut], rounded to nearest even, + zpOut. fp32: Σx (added in tap order from 0) · (1 / (float)d); Scale is 1.
/// Where d is 0 the factor is 0.
/// </remarks>
public unsafe struct PoolArgs<T>
    where T : unmanaged
{
    /// <summary>Input row 0; 64 bytes behind the last row are readable.</summary>
    public T* Input;

    /// <summary>Elements from one input row to the next.</summary>
    public nint InputStride;

    /// <summary>[rows, Taps]; negative: no such site. Never null.</summary>
    public int* Table;

    /// <summary>Taps per output row.</summary>
    public int Taps;

    /// <summary>Channels of input and output.</summary>
    public int Channels;

    /// <summary>True: average. False: maximum.</summary>
    public bool Average;

    /// <summary>Average: fixed divisor (padding counted), or 0: the number of taps present.</summary>
    public int Divisor;

    /// <summary>int8 average: input scale / output scale.</summary>
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
