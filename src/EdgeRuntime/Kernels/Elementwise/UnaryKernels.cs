namespace EdgeRuntime.Kernels.Elementwise;

/// <summary>The variants of fp32 functions of one map, fastest first.</summary>
public static class UnaryKernels
{
    /// <summary>All variants; the reference is last.</summary>
    public static IReadOnlyList<KernelVariant<UnaryArgs>> All { get; } =
    [
        new("unary-f32", "reference", static () => true, UnaryReference.Run),
    ];
}
