namespace EdgeRuntime.Kernels.MatMul;

/// <summary>fp32 product of two activations: out[b, m, n] = Σ_k A[b, m, k] · B[b, k, n], all dense and row-major; row = b·M + m.</summary>
/// <remarks>One fused multiply-add per k, in order, from 0.</remarks>
public unsafe struct MatMulArgs
{
    /// <summary>[batchA, M, K].</summary>
    public float* A;

    /// <summary>[batchB, K, N]; 64 bytes behind are readable.</summary>
    public float* B;

    /// <summary>Rows of one product.</summary>
    public int M;

    /// <summary>Common extent.</summary>
    public int K;

    /// <summary>Columns.</summary>
    public int N;

    /// <summary>[batch] product of A to use, or null: the same.</summary>
    public int* BatchA;

    /// <summary>[batch] product of B to use, or null: the same.</summary>
    public int* BatchB;

    /// <summary>[batch, M, N].</summary>
    public float* Output;
}
