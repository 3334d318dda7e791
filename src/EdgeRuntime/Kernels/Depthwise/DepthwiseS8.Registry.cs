namespace EdgeRuntime.Kernels.Depthwise;

/// <summary>The int8 depthwise kernels, fastest first.</summary>
public static class DepthwiseS8Kernels
{
    /// <summary>Every variant; the reference comes last and always runs.</summary>
    public static IReadOnlyList<KernelVariant<DepthwiseArgs<sbyte>>> All { get; } =
    [
        DepthwiseS8Avx2.Variant,
        DepthwiseS8Neon.Variant,
        DepthwiseS8Reference.Variant,
    ];
}
