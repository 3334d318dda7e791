namespace EdgeRuntime.Kernels.Softmax;

/// <summary>Softmax (or its logarithm) over the channels of each row: e^(x − max) / Σ e^(x − max), summed in channel order.</summary>
/// <remarks>max passes over NaN; e^x and log are <see cref="DeterministicMath"/>'s; the sum is a float that starts from 0; then one division each.</remarks>
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
