namespace EdgeRuntime.Kernels.Lookup;

/// <summary>The variants that change between float and int8, fastest first.</summary>
public static class ConvertKernels
{
    /// <summary>float → int8; the reference is last.</summary>
    public static IReadOnlyList<KernelVariant<ConvertArgs>> Quantize { get; } =
    [
        new("quantize", "vector128", static () => Int8Lanes.IsSupported, ConvertVector128.Quantize),
        new("quantize", "reference", static () => true, ConvertReference.Quantize),
    ];

    /// <summary>int8 → float; the reference is last.</summary>
    public static IReadOnlyList<KernelVariant<ConvertArgs>> Dequantize { get; } =
    [
        new("dequantize", "vector128", static () => Int8Lanes.IsSupported, ConvertVector128.Dequantize),
        new("dequantize", "reference", static () => true, ConvertReference.Dequantize),
    ];
}
