namespace EdgeRuntime.Kernels.Pooling;

/// <summary>The resampling variants, fastest first.</summary>
public static class ResampleKernels
{
    /// <summary>int8 variants; the reference is last.</summary>
    public static IReadOnlyList<KernelVariant<ResampleArgs<sbyte>>> S8 { get; } =
    [
        new("resample-s8", "reference", static () => true, ResampleReference.RunS8),
    ];

    /// <summary>fp32 variants; the reference is last.</summary>
    public static IReadOnlyList<KernelVariant<ResampleArgs<float>>> F32 { get; } =
    [
        new("resample-f32", "reference", static () => true, ResampleReference.RunF32),
    ];
}
