namespace EdgeRuntime.Kernels.Pixels;

/// <summary>Turns pixels of one line from Y'CbCr with halved chroma columns into R, G, B.</summary>
/// <remarks>
/// Pixel x reads Y[x·LumaStep], U[(x/2)·ChromaStep] and V[(x/2)·ChromaStep]: steps 1 and 1 are planes, 1 and 2 NV12, 2 and 4 YUYV.
/// With y = Y − LumaZero, u = U − 128, v = V − 128 and all factors in 1/65536:
/// R = y·Luma + v·RedV, G = y·Luma − u·GreenU − v·GreenV, B = y·Luma + u·BlueU, each rounded ((sum + 32768) &gt;&gt; 16) and clamped to 0..255.
/// </remarks>
public unsafe struct YuvArgs
{
    /// <summary>Luma of pixel 0.</summary>
    public byte* Y;

    /// <summary>Blue difference of pixel 0.</summary>
    public byte* U;

    /// <summary>Red difference of pixel 0.</summary>
    public byte* V;

    /// <summary>Bytes from one luma to the next: 1 or 2.</summary>
    public int LumaStep;

    /// <summary>Bytes from one chroma to the next: 1 (planes), 2 (NV12: V = U + 1) or 4 (YUYV: U = Y + 1, V = Y + 3).</summary>
    public int ChromaStep;

    /// <summary>Luma of black: 0 or 16.</summary>
    public int LumaZero;

    /// <summary>Factor of luma.</summary>
    public int Luma;

    /// <summary>Factor of V in red.</summary>
    public int RedV;

    /// <summary>Factor of U in green, subtracted.</summary>
    public int GreenU;

    /// <summary>Factor of V in green, subtracted.</summary>
    public int GreenV;

    /// <summary>Factor of U in blue.</summary>
    public int BlueU;

    /// <summary>R, G, B of pixel 0.</summary>
    public byte* Output;
}
