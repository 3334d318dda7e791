using System.Runtime.Intrinsics;

namespace EdgeRuntime.Kernels.Copy;

/// <summary>The gather variants, fastest first.</summary>
public static class GatherKernels
{
    /// <summary>All variants; the reference is last.</summary>
    public static IReadOnlyList<KernelVariant<GatherArgs>> All { get; } =
    [
        new("gather", "vector128", static () => Vector128.IsHardwareAccelerated, GatherVector128.Run),
        new("gather", "reference", static () => true, GatherReference.Run),
    ];
}
