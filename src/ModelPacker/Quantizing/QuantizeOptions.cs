using ModelPacker.Calibrate;

namespace ModelPacker.Quantizing;

/// <summary>Choices of the quantiser.</summary>
public sealed record QuantizeOptions
{
    /// <summary>How activation ranges are chosen; null: whichever brings the outputs nearest to the fp32 network's on the calibration pictures.</summary>
    public CalibrationMethod? Method { get; init; }

    /// <summary>Whether channel ranges are evened out between layers; null: if it brings the outputs nearer to the fp32 network's.</summary>
    public bool? Equalize { get; init; }

    /// <summary>What the ranges of groups of maps are multiplied with (see RangeGroups); null: nothing.</summary>
    public IReadOnlyDictionary<int, float>? RangeFactors { get; init; }

    /// <summary>Names of layers (nodes of the model) that stay in fp32.</summary>
    public IReadOnlySet<string> KeepFloat { get; init; } = new HashSet<string>();

    /// <summary>Correct biases by the mean error that rounding the weights causes.</summary>
    public bool BiasCorrection { get; init; } = true;
}
