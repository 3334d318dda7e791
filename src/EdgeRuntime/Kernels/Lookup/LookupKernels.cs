using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace EdgeRuntime.Kernels.Lookup;

/// <summary>The table lookup variants, fastest first.</summary>
public static class LookupKernels
{
    /// <summary>All variants; the reference is last.</summary>
    public static IReadOnlyList<KernelVariant<LookupArgs>> All { get; } =
    [
        new("lookup-s8", "avx2", static () => Avx2.IsSupported, LookupAvx2.Run),
        new("lookup-s8", "neon", static () => AdvSimd.Arm64.IsSupported, LookupNeon.Run),
        new("lookup-s8", "reference", static () => true, LookupReference.Run),
    ];
}
