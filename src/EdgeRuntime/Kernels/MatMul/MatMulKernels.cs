namespace EdgeRuntime.Kernels.MatMul;

/// <summary>The variants of the product of two activations, fastest first.</summary>
public static class MatMulKernels
{
    /// <summary>All variants; the reference is last.</summary>
    public static IReadOnlyList<KernelVariant<MatMulArgs>> All { get; } =
    [
        new("matmul-f32", "reference", static () => true, MatMulReference.Run),
    ];
}
