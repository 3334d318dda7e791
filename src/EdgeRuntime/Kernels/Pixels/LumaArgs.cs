namespace EdgeRuntime.Kernels.Pixels;

/// <summary>Turns R, G, B of one line into luma: (77 R + 150 G + 29 B + 128) / 256.</summary>
public unsafe struct LumaArgs
{
    /// <summary>R, G, B of pixel 0.</summary>
    public byte* Input;

    /// <summary>Luma of pixel 0.</summary>
    public byte* Output;
}
