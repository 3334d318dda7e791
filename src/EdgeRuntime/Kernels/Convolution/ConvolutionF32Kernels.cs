namespace EdgeRuntime.Kernels.Convolution;

/// <summary>The fp32 convolution variants, fastest first.</summary>
public static class ConvolutionF32Kernels
{
    /// <summary>All variants; the reference is last.</summary>
    public static IReadOnlyList<ConvolutionKernel<float>> All { get; } =
    [
        new ConvolutionF32Avx512(),
        new ConvolutionF32Avx2Fma(),
        new ConvolutionF32Neon(),
        new ConvolutionF32Reference(),
    ];
}
