namespace EdgeRuntime.Kernels.Softmax;

/// <summary>Softmax (or its logarithm) over the channels of each row: e^(x − max) / Σ e^(x − max).</summary>
/// <remarks>max passes over NaN and is never −0; e^x and log are <see cref="DeterministicMath"/>'s. The float sum is made of eight partial sums from 0,
/// s[c mod 8] in channel order, added as ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7)); then one division each.</remarks>
public unsafe struct SoftmaxArgs
{
    /// <summary>Input row 0.</summary>
    public float* Input;

    /// <summary>Elements from one input row to the next.</summary>
    public nint InputStride;

    /// <summary>Channels of input and output.</summary>
    public int Channels;

    /// <summary>True: (x − max) − log Σ e^(x − max).</summary>
    public bool Logarithm;

    /// <summary>Output row 0; may be the input.</summary>
    public float* Output;

    /// <summary>Elements from one output row to the next.</summary>
    public nint OutputStride;
}
