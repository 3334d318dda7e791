using EdgeRuntime.Kernels;
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

namespace EdgeRuntime.Tests.Shared.Operators;

/// <summary>Runs every variant of every family besides the int8 convolutions on random problems.</summary>
public static class OperatorParity
{
    /// <summary>The families.</summary>
    public static IReadOnlyList<OperatorFamily> Families { get; } =
    [
        new(ConvolutionF32Kernels.All, static (variant, seed) => ConvolutionF32Cases.Run((ConvolutionKernel<float>)variant, seed)),
        OperatorFamily.Of(DepthwiseF32Kernels.All, ConvolutionF32Cases.RunDepthwise),
        OperatorFamily.Of(PoolKernels.S8, PoolCases.PoolS8),
        OperatorFamily.Of(PoolKernels.F32, PoolCases.PoolF32),
        OperatorFamily.Of(ResampleKernels.S8, PoolCases.ResampleS8),
        OperatorFamily.Of(ResampleKernels.F32, PoolCases.ResampleF32),
        OperatorFamily.Of(BinaryKernels.S8, ElementwiseCases.BinaryS8),
        OperatorFamily.Of(BinaryKernels.F32, ElementwiseCases.BinaryF32),
        OperatorFamily.Of(UnaryKernels.All, ElementwiseCases.Unary),
        OperatorFamily.Of(LookupKernels.All, ElementwiseCases.Lookup),
        OperatorFamily.Of(ConvertKernels.Quantize, ElementwiseCases.Quantize),
        OperatorFamily.Of(ConvertKernels.Dequantize, ElementwiseCases.Dequantize),
        OperatorFamily.Of(SoftmaxKernels.All, MixedCases.Softmax),
        OperatorFamily.Of(LrnKernels.S8, MixedCases.LrnS8),
        OperatorFamily.Of(LrnKernels.F32, MixedCases.LrnF32),
        OperatorFamily.Of(GatherKernels.All, MixedCases.Gather),
        OperatorFamily.Of(MatMulKernels.All, MixedCases.MatMul),
        OperatorFamily.Of(YuvKernels.All, PixelCases.Yuv),
        OperatorFamily.Of(LumaKernels.All, PixelCases.Luma),
        OperatorFamily.Of(FitKernels.All, PixelCases.Fit),
    ];

    /// <summary>Compares a variant with the reference, bit for bit.</summary>
    /// <returns>A hash over all outputs, the same on every CPU.</returns>
    /// <exception cref="InvalidOperationException">The outputs differ, or something was written outside an output.</exception>
    public static ulong Check(OperatorFamily family, IKernelVariant variant, int firstSeed, int cases)
    {
        ulong hash = 14695981039346656037;
        for (int seed = firstSeed; seed < firstSeed + cases; seed++)
        {
            byte[] expected = family.Run(family.Variants[^1], seed);
            byte[] actual = family.Run(variant, seed);
            for (int i = 0; i < expected.Length; i++)
            {
                if (expected[i] != actual[i])
                {
                    throw new InvalidOperationException($"{family.Name} {variant.Name} seed {seed}: output byte {i} of {expected.Length} differs.");
                }

                hash = (hash ^ actual[i]) * 1099511628211;
            }
        }

        return hash;
    }
}
