using EdgeRuntime.Kernels.Lanes;

namespace EdgeRuntime.Kernels.Softmax;

/// <summary>The softmax variants, fastest first.</summary>
public static class SoftmaxKernels
{
    /// <summary>All variants; the reference is last.</summary>
    public static IReadOnlyList<KernelVariant<SoftmaxArgs>> All { get; } =
    [
        new("softmax-f32", "vector256", static () => FloatLanes256.IsSupported, SoftmaxVector<FloatLanes256, DoubleLanes256>.Run),
        new("softmax-f32", "vector128", static () => FloatLanes128.IsSupported, SoftmaxVector<FloatLanes128, DoubleLanes128>.Run),
        new("softmax-f32", "reference", static () => true, SoftmaxReference.Run),
    ];
}
