using EdgeRuntime.Kernels.Lanes;

namespace EdgeRuntime.Kernels.Normalization;

/// <summary>The local response normalisation variants, fastest first.</summary>
public static class LrnKernels
{
    /// <summary>int8 variants; the reference is last.</summary>
    public static IReadOnlyList<KernelVariant<LrnArgs<sbyte>>> S8 { get; } =
    [
        new("lrn-s8", "vector256", static () => FloatLanes256.IsSupported, LrnVector<FloatLanes256>.RunS8),
        new("lrn-s8", "vector128", static () => FloatLanes128.IsSupported, LrnVector<FloatLanes128>.RunS8),
        new("lrn-s8", "reference", static () => true, LrnReference.RunS8),
    ];

    /// <summary>fp32 variants; the reference is last.</summary>
    public static IReadOnlyList<KernelVariant<LrnArgs<float>>> F32 { get; } =
    [
        new("lrn-f32", "vector256", static () => FloatLanes256.IsSupported, LrnVector<FloatLanes256>.RunF32),
        new("lrn-f32", "vector128", static () => FloatLanes128.IsSupported, LrnVector<FloatLanes128>.RunF32),
        new("lrn-f32", "reference", static () => true, LrnReference.RunF32),
    ];
}
