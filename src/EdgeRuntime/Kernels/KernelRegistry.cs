using EdgeRuntime.Kernels.Convolution;
using EdgeRuntime.Kernels.Copy;
using EdgeRuntime.Kernels.Depthwise;
using EdgeRuntime.Kernels.Elementwise;
using EdgeRuntime.Kernels.Lookup;
using EdgeRuntime.Kernels.MatMul;
using EdgeRuntime.Kernels.Normalization;
using EdgeRuntime.Kernels.Pixels;
using EdgeRuntime.Kernels.Pooling;
using EdgeRuntime.Kernels.Softmax;

namespace EdgeRuntime.Kernels;

/// <summary>Every kernel family with its variants, for listings and for tests that run them all.</summary>
public static class KernelRegistry
{
    /// <summary>Families in a fixed order; within one, variants fastest first and the reference last.</summary>
    public static IReadOnlyList<IReadOnlyList<IKernelVariant>> Families { get; } =
    [
        ConvolutionS8Kernels.All,
        DepthwiseS8Kernels.All,
        ConvolutionF32Kernels.All,
        DepthwiseF32Kernels.All,
        PoolKernels.S8,
        PoolKernels.F32,
        ResampleKernels.S8,
        ResampleKernels.F32,
        BinaryKernels.S8,
        BinaryKernels.F32,
        UnaryKernels.All,
        LookupKernels.All,
        ConvertKernels.Quantize,
        ConvertKernels.Dequantize,
        SoftmaxKernels.All,
        LrnKernels.S8,
        LrnKernels.F32,
        GatherKernels.All,
        MatMulKernels.All,
        YuvKernels.All,
        LumaKernels.All,
        FitKernels.All,
    ];
}
