namespace EdgeRuntime.Kernels.Depthwise;

/// <summary>One output row with its tap addresses resolved.</summary>
internal unsafe struct DepthwiseS8Row
{
    /// <summary>Input row of each tap.</summary>
    public sbyte** Sources;

    /// <summary>Number of taps.</summary>
    public int Taps;

    /// <summary>[Taps, WeightStride].</summary>
    public sbyte* Weights;

    /// <summary>Bytes between the weights of two taps.</summary>
    public nint WeightStride;

    /// <summary>Bias per channel.</summary>
    public int* Bias;

    /// <summary>Multiplier per channel.</summary>
    public float* Scale;

    /// <summary>Lower clamp minus the zero point.</summary>
    public float Low;

    /// <summary>Upper clamp minus the zero point.</summary>
    public float High;

    /// <summary>Zero point of the output.</summary>
    public int ZeroPoint;

    /// <summary>Input row that an output row reads at a tap.</summary>
    public static sbyte* Source(in DepthwiseArgs<sbyte> args, int row, int tap)
    {
        if (args.Table == null)
        {
            return args.Input + row * args.InputStride;
        }

        int source = args.Table[(nint)row * args.Taps + tap];
        return source < 0 ? args.PaddingRow : args.Input + source * args.InputStride;
    }
}
