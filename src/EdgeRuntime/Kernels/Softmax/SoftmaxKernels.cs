namespace EdgeRuntime.Kernels.Softmax;

/// <summary>The softmax variants, fastest first.</summary>
public static class SoftmaxKernels
{
    /// <summary>All variants; the reference is last.</summary>
    public static IReadOnlyList<KernelVariant<SoftmaxArgs>> All { get; } =
    [
        new("softmax-f32", "reference", static () => true, SoftmaxReference.Run),
    ];
}
