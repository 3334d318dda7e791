namespace EdgeRuntime.Kernels.Elementwise;

/// <summary>fp32 function of one map: out[o, c] = f(in[o, c]).</summary>
/// <remarks>Every function is built of IEEE basic operations only (<see cref="DeterministicMath"/>), so all CPUs give the same bits.
/// max(x, a) means x &lt; a ? a : x and min(x, b) means x &gt; b ? b : x, so NaN stays NaN; products are never fused with sums.</remarks>
public unsafe struct UnaryArgs
{
    /// <summary>Input row 0; 64 bytes behind the last row are readable.</summary>
    public float* Input;

    /// <summary>Elements from one input row to the next.</summary>
    public nint InputStride;

    /// <summary>Channels of input and output.</summary>
    public int Channels;

    /// <summary>What to do.</summary>
    public UnaryFunction Function;

    /// <summary>α.</summary>
    public float Alpha;

    /// <summary>β.</summary>
    public float Beta;

    /// <summary>Per-channel α (PRelu as <see cref="UnaryFunction.LeakyRelu"/>), or null: <see cref="Alpha"/>. 64 bytes of slack.</summary>
    public float* AlphaPerChannel;

    /// <summary>Output row 0; may be the input.</summary>
    public float* Output;

    /// <summary>Elements from one output row to the next.</summary>
    public nint OutputStride;
}
