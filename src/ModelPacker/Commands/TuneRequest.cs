using ModelPacker.Finetune;

namespace ModelPacker.Commands;

/// <summary>The files that <c>tune</c> works on.</summary>
internal sealed record TuneRequest
{
    /// <summary>ONNX file or bundle.</summary>
    public required string Model { get; init; }

    /// <summary>Input specification that the user names, or null.</summary>
    public string? Spec { get; init; }

    /// <summary>Pictures of the search.</summary>
    public required string Data { get; init; }

    /// <summary>Their labels, or null: what the set says itself.</summary>
    public string? Labels { get; init; }

    /// <summary>Pictures for int8 ranges, or null: those of the search.</summary>
    public string? Calibration { get; init; }

    /// <summary>Speed-up by low rank before the search, or null: none.</summary>
    public double? LowRank { get; init; }

    /// <summary>Pictures to search with, 0: all.</summary>
    public int Limit { get; init; }

    /// <summary>Whether only those are searched with that a training holds back.</summary>
    public bool HeldBack { get; init; }

    /// <summary>How the points are trained after the search, or null: not at all.</summary>
    public FinetuneOptions? Training { get; init; }

    /// <summary>How what the search found is trained before a point is chosen, or null: it is not.</summary>
    public FinetuneOptions? Trial { get; init; }

    /// <summary>Pictures to train with, or null: those of the search, and with <see cref="HeldBack"/> the whole set.</summary>
    public string? TrainingData { get; init; }

    /// <summary>Their labels, or null: what the set says itself.</summary>
    public string? TrainingLabels { get; init; }

    /// <summary>How many of them, 0: all.</summary>
    public int TrainingLimit { get; init; }

    /// <summary>The bundle to write.</summary>
    public required string Output { get; init; }

    /// <summary>The bundle as the search made it, until the training is done.</summary>
    public string Tuned => Output + ".tuned";
}
