namespace EdgeRuntime.Images;

/// <summary>How boxes are read from a detector's outputs. Either <see cref="BoxesOutput"/> and <see cref="ScoresOutput"/> or <see cref="Heads"/> is set.</summary>
public sealed record DetectorSpec
{
    /// <summary>Output [1, n, 4] of boxes decoded in the model: x1, y1, x2, y2 as fractions of the input.</summary>
    public string? BoxesOutput { get; init; }

    /// <summary>Output [1, n, classes] of scores in 0..1.</summary>
    public string? ScoresOutput { get; init; }

    /// <summary>Raw YOLO heads, no sigmoid applied.</summary>
    public IReadOnlyList<YoloHead> Heads { get; init; } = [];

    /// <summary>Boxes below this score are dropped.</summary>
    public float ScoreThreshold { get; init; } = 0.35f;

    /// <summary>Of two boxes of one class that overlap more than this (intersection over union) the lower-scored one is dropped.</summary>
    public float NmsIou { get; init; } = 0.45f;
}
