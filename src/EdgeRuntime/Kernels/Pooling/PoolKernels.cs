using EdgeRuntime.Kernels.Lanes;

namespace EdgeRuntime.Kernels.Pooling;

/// <summary>The pooling variants, fastest first.</summary>
public static class PoolKernels
{
    /// <summary>int8 variants; the reference is last.</summary>
    public static IReadOnlyList<KernelVariant<PoolArgs<sbyte>>> S8 { get; } =
    [
        new("pool-s8", "vector128", static () => Int8Lanes.IsSupported, PoolS8Vector128.Run),
        new("pool-s8", "reference", static () => true, PoolReference.RunS8),
    ];

    /// <summary>fp32 variants; the reference is last.</summary>
    public static IReadOnlyList<KernelVariant<PoolArgs<float>>> F32 { get; } =
    [
        new("pool-f32", "vector256", static () => FloatLanes256.IsSupported, PoolF32Vector<FloatLanes256>.Run),
        new("pool-f32", "vector128", static () => FloatLanes128.IsSupported, PoolF32Vector<FloatLanes128>.Run),
        new("pool-f32", "reference", static () => true, PoolReference.RunF32),
    ];
}
