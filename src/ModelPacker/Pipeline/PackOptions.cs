using ModelPacker.Quantizing;

namespace ModelPacker.Pipeline;

/// <summary>What <c>modelpacker pack</c> is asked to do.</summary>
public sealed record PackOptions
{
    /// <summary>ONNX file.</summary>
    public required string Model { get; init; }

    /// <summary>Input specification (sidecar JSON), or null: MODEL.json beside the model if it exists.</summary>
    public string? InputSpec { get; init; }

    /// <summary>Folder or tar of pictures; <c>random</c>: noise, for measuring speed only. Not needed for fp32 without <see cref="LowRank"/>.</summary>
    public string? Calibration { get; init; }

    /// <summary>Pictures to use, 0: all.</summary>
    public int Limit { get; init; }

    /// <summary>int8 (false: fp32).</summary>
    public bool Int8 { get; init; } = true;

    /// <summary>Times fewer multiplications that low-rank decomposition is to bring; null: no decomposition.</summary>
    public double? LowRank { get; init; }

    /// <summary>Bundle, or JSON of <c>inspect --masks</c>, whose operating points the new bundle gets too; null: it has the dense point alone.</summary>
    public string? PointsFrom { get; init; }

    /// <summary>Choices of the quantiser.</summary>
    public QuantizeOptions Quantize { get; init; } = new();

    /// <summary>Stage to write as text, or null: import, simplify, lower, calibrate, quantize.</summary>
    public string? DumpStage { get; init; }

    /// <summary>Threads for calibration.</summary>
    public int Threads { get; init; } = Math.Min(4, Environment.ProcessorCount);
}
