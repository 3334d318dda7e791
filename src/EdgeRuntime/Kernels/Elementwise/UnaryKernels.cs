using EdgeRuntime.Kernels.Lanes;

namespace EdgeRuntime.Kernels.Elementwise;

/// <summary>The variants of fp32 functions of one map, fastest first.</summary>
public static class UnaryKernels
{
    /// <summary>All variants; the reference is last.</summary>
    public static IReadOnlyList<KernelVariant<UnaryArgs>> All { get; } =
    [
        new("unary-f32", "vector256", static () => FloatLanes256.IsSupported, UnaryVector<FloatLanes256, DoubleLanes256>.Run),
        new("unary-f32", "vector128", static () => FloatLanes128.IsSupported, UnaryVector<FloatLanes128, DoubleLanes128>.Run),
        new("unary-f32", "reference", static () => true, UnaryReference.Run),
    ];
}
