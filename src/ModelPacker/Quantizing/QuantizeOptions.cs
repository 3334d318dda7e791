using ModelPacker.Calibrate;

namespace ModelPacker.Quantizing;

/// <summary>Choices of the quantiser.</summary>
public sealed record QuantizeOptions
{
    /// <summary>How activation ranges are chosen.</summary>
    public CalibrationMethod Method { get; init; } = CalibrationMethod.Mse;

    /// <summary>Names of layers (nodes of the model) that stay in fp32.</summary>
    public IReadOnlySet<string> KeepFloat { get; init; } = new HashSet<string>();

    /// <summary>Correct biases by the mean error that rounding the weights causes.</summary>
    public bool BiasCorrection { get; init; } = true;
}
