namespace EdgeRuntime.Kernels.Copy;

/// <summary>Copies pieces of rows: out[o, k·Width … k·Width+Width) = input + table[o, k]·Width elements.</summary>
/// <remarks>The input is read as one dense run of pieces of Width elements (a map whose stride is its channel count), so a piece may be a
/// whole row (crop, upsampling) or one element (transposition). Without a table output row o copies input row o (strides apply).</remarks>
public unsafe struct GatherArgs
{
    /// <summary>Input, dense.</summary>
    public byte* Input;

    /// <summary>Bytes from one input row to the next; used only without a table.</summary>
    public nint InputStrideBytes;

    /// <summary>[rows, Taps] piece index; negative: <see cref="PaddingRow"/>. Null: see remarks.</summary>
    public int* Table;

    /// <summary>Pieces per output row.</summary>
    public int Taps;

    /// <summary>Bytes per piece (elements × 1 or 4).</summary>
    public int WidthBytes;

    /// <summary>WidthBytes bytes for sentinel pieces.</summary>
    public byte* PaddingRow;

    /// <summary>Output row 0. Nothing outside the Taps·WidthBytes of a row may be written.</summary>
    public byte* Output;

    /// <summary>Bytes from one output row to the next.</summary>
    public nint OutputStrideBytes;
}
