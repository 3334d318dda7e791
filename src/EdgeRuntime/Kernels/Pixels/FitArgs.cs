namespace EdgeRuntime.Kernels.Pixels;

/// <summary>Makes elements of one line of a model's input out of two picture lines: bilinear, then ((pixel · Scale) − mean) / std.</summary>
/// <remarks>
/// Tables have one entry per element (site × channel), so that a kernel need not know of channels. Both columns are blended first,
/// low + (high − low) · share, then the lines in the same way; no operation is fused.
/// </remarks>
public unsafe struct FitArgs
{
    /// <summary>Bytes of the upper picture line.</summary>
    public byte* Top;

    /// <summary>Bytes of the lower picture line.</summary>
    public byte* Bottom;

    /// <summary>Position of the left pixel's byte, per element.</summary>
    public int* Low;

    /// <summary>Position of the right pixel's byte, per element.</summary>
    public int* High;

    /// <summary>Share of the right pixel, per element.</summary>
    public float* ShareX;

    /// <summary>Share of the lower line.</summary>
    public float ShareY;

    /// <summary>Factor on the pixel.</summary>
    public float Scale;

    /// <summary>Subtracted, per element.</summary>
    public float* Mean;

    /// <summary>Divisor, per element.</summary>
    public float* Std;

    /// <summary>Element 0 of the line.</summary>
    public float* Output;
}
