namespace EdgeRuntime.Kernels.Lookup;

/// <summary>int8 → int8 through a 256-entry table: out = lut[(byte)(in + 128)].</summary>
public unsafe struct LookupArgs
{
    /// <summary>Input row 0; 64 bytes behind the last row are readable.</summary>
    public sbyte* Input;

    /// <summary>Elements from one input row to the next.</summary>
    public nint InputStride;

    /// <summary>Channels of input and output.</summary>
    public int Channels;

    /// <summary>256 entries, or [Channels, 256] when <see cref="PerChannel"/>.</summary>
    public sbyte* Lut;

    /// <summary>One table per channel (PRelu).</summary>
    public bool PerChannel;

    /// <summary>Output row 0; may be the input.</summary>
    public sbyte* Output;

    /// <summary>Elements from one output row to the next.</summary>
    public nint OutputStride;
}
