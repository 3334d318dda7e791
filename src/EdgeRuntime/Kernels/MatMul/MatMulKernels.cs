using EdgeRuntime.Kernels.Lanes;

namespace EdgeRuntime.Kernels.MatMul;

/// <summary>The variants of the product of two activations, fastest first.</summary>
public static class MatMulKernels
{
    /// <summary>All variants; the reference is last.</summary>
    public static IReadOnlyList<KernelVariant<MatMulArgs>> All { get; } =
    [
        new("matmul-f32", "vector256", static () => FloatLanes256.IsSupported, MatMulVector<FloatLanes256>.Run),
        new("matmul-f32", "vector128", static () => FloatLanes128.IsSupported, MatMulVector<FloatLanes128>.Run),
        new("matmul-f32", "reference", static () => true, MatMulReference.Run),
    ];
}
