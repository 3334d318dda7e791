using EdgeRuntime.Kernels.Lanes;

namespace EdgeRuntime.Kernels.Elementwise;

/// <summary>The variants of elementwise operations on two maps, fastest first.</summary>
public static class BinaryKernels
{
    /// <summary>int8 variants; the reference is last.</summary>
    public static IReadOnlyList<KernelVariant<BinaryArgs<sbyte>>> S8 { get; } =
    [
        new("binary-s8", "vector128", static () => Int8Lanes.IsSupported, BinaryS8Vector128.Run),
        new("binary-s8", "reference", static () => true, BinaryReference.RunS8),
    ];

    /// <summary>fp32 variants; the reference is last.</summary>
    public static IReadOnlyList<KernelVariant<BinaryArgs<float>>> F32 { get; } =
    [
        new("binary-f32", "vector256", static () => FloatLanes256.IsSupported, BinaryF32Vector<FloatLanes256>.Run),
        new("binary-f32", "vector128", static () => FloatLanes128.IsSupported, BinaryF32Vector<FloatLanes128>.Run),
        new("binary-f32", "reference", static () => true, BinaryReference.RunF32),
    ];
}
