using EdgeRuntime.Kernels.Lanes;

namespace EdgeRuntime.Kernels.Depthwise;

/// <summary>The fp32 depthwise variants, fastest first.</summary>
public static class DepthwiseF32Kernels
{
    private const string Family = "depthwise-f32";

    /// <summary>All variants; the reference is last.</summary>
    public static IReadOnlyList<KernelVariant<DepthwiseArgs<float>>> All { get; } =
    [
        new(Family, "vector256", static () => FloatLanes256.IsSupported, DepthwiseF32Vector<FloatLanes256>.Run),
        new(Family, "vector128", static () => FloatLanes128.IsSupported, DepthwiseF32Vector<FloatLanes128>.Run),
        new(Family, "reference", static () => true, DepthwiseF32Reference.Run),
    ];
}
