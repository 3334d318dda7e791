namespace EdgeRuntime.Kernels.Convolution;

/// <summary>The int8 convolution kernels, fastest first.</summary>
public static class ConvolutionS8Kernels
{
    /// <summary>Every variant; the reference comes last and always runs.</summary>
    public static IReadOnlyList<ConvolutionKernel<sbyte>> All { get; } =
    [
        new ConvolutionS8AvxVnni6x16(),
        new ConvolutionS8Avx2Tile2x4(),
        new ConvolutionS8NeonDot8x8(),
        new ConvolutionS8Neon4x4(),
        new ConvolutionS8Reference(),
    ];
}
