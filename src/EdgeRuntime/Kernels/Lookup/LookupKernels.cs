namespace EdgeRuntime.Kernels.Lookup;

/// <summary>The table lookup variants, fastest first.</summary>
public static class LookupKernels
{
    /// <summary>All variants; the reference is last.</summary>
    public static IReadOnlyList<KernelVariant<LookupArgs>> All { get; } =
    [
        new("lookup-s8", "reference", static () => true, LookupReference.Run),
    ];
}
