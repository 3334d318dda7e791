namespace EdgeRuntime.Kernels.Copy;

/// <summary>The gather variants, fastest first.</summary>
public static class GatherKernels
{
    /// <summary>All variants; the reference is last.</summary>
    public static IReadOnlyList<KernelVariant<GatherArgs>> All { get; } =
    [
        new("gather", "reference", static () => true, GatherReference.Run),
    ];
}
