using EdgeRuntime.Kernels.Lanes;

namespace EdgeRuntime.Kernels.Pooling;

/// <summary>The resampling variants, fastest first.</summary>
public static class ResampleKernels
{
    /// <summary>int8 variants; the reference is last.</summary>
    public static IReadOnlyList<KernelVariant<ResampleArgs<sbyte>>> S8 { get; } =
    [
        new("resample-s8", "vector256", static () => FloatLanes256.IsSupported, ResampleVector<FloatLanes256>.RunS8),
        new("resample-s8", "vector128", static () => FloatLanes128.IsSupported, ResampleVector<FloatLanes128>.RunS8),
        new("resample-s8", "reference", static () => true, ResampleReference.RunS8),
    ];

    /// <summary>fp32 variants; the reference is last.</summary>
    public static IReadOnlyList<KernelVariant<ResampleArgs<float>>> F32 { get; } =
    [
        new("resample-f32", "vector256", static () => FloatLanes256.IsSupported, ResampleVector<FloatLanes256>.RunF32),
        new("resample-f32", "vector128", static () => FloatLanes128.IsSupported, ResampleVector<FloatLanes128>.RunF32),
        new("resample-f32", "reference", static () => true, ResampleReference.RunF32),
    ];
}
