namespace EdgeRuntime.Kernels.Pixels;

/// <summary>Y'CbCr to R, G, B: the variants, fastest first.</summary>
public static class YuvKernels
{
    /// <summary>The variants; the reference is last.</summary>
    public static IReadOnlyList<KernelVariant<YuvArgs>> All { get; } =
    [
        new("yuv-rgb", "vector128", static () => RgbLanes.IsSupported, YuvVector128.Run),
        new("yuv-rgb", "reference", static () => true, YuvReference.Run),
    ];
}
