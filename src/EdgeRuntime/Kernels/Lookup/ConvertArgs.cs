namespace EdgeRuntime.Kernels.Lookup;

/// <summary>Quantises (float → int8) or dequantises (int8 → float) rows.</summary>
/// <remarks>Quantise: y = x / Scale clamped to [-128 − zp, 127 − zp], rounded to nearest even, + zp; NaN gives zp. Dequantise: (x − zp)·Scale.</remarks>
public unsafe struct ConvertArgs
{
    /// <summary>float or sbyte input row 0.</summary>
    public void* Input;

    /// <summary>Elements from one input row to the next.</summary>
    public nint InputStride;

    /// <summary>Channels of input and output.</summary>
    public int Channels;

    /// <summary>Scale of the int8 side.</summary>
    public float Scale;

    /// <summary>Zero point of the int8 side.</summary>
    public int ZeroPoint;

    /// <summary>Output row 0.</summary>
    public void* Output;

    /// <summary>Elements from one output row to the next.</summary>
    public nint OutputStride;
}
