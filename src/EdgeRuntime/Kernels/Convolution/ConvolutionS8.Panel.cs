namespace EdgeRuntime.Kernels.Convolution;

/// <summary>A block of rows against one column tile: what the driver hands to a micro-kernel.</summary>
internal unsafe struct ConvolutionS8Panel
{
    /// <summary>[Count, RowStride] row-contiguous activations; a whole depth step past each row's end is readable.</summary>
    public sbyte* Rows;

    /// <summary>Bytes from one row to the next.</summary>
    public nint RowStride;

    /// <summary>Rows, at least 1.</summary>
    public int Count;

    /// <summary>Packed weights of this column tile.</summary>
    public byte* Weights;

    /// <summary>Taps × channels rounded up to the kernel's depth step.</summary>
    public nint Depth;

    /// <summary>Bias of the first column; ColumnTile entries are readable.</summary>
    public int* Bias;

    /// <summary>Multiplier of the first column; ColumnTile entries are readable.</summary>
    public float* Scale;

    /// <summary>Lower clamp minus the zero point.</summary>
    public float Low;

    /// <summary>Upper clamp minus the zero point.</summary>
    public float High;

    /// <summary>Lower clamp, rounded, in quantised units.</summary>
    public sbyte Lowest;

    /// <summary>Zero point of the output.</summary>
    public int ZeroPoint;

    /// <summary>First row's output at the first column; all ColumnTile bytes of a row may be written.</summary>
    public sbyte* Output;

    /// <summary>Bytes from one output row to the next.</summary>
    public nint OutputStride;
}
