namespace EdgeRuntime.Device;

/// <summary>What one frame cost and gave; times are on <see cref="Platform.Clock"/>.</summary>
public readonly record struct FrameObservation
{
    /// <summary>Number of the frame among those answered, from 1.</summary>
    public long Frame { get; init; }

    /// <summary>Operating point that gave the answer.</summary>
    public int Point { get; init; }

    /// <summary>Inferences of this frame: more than 1 when a policy asked for a second look.</summary>
    public int Inferences { get; init; }

    /// <summary>When the trigger fired; for triggers that look at frames, when the frame was taken.</summary>
    public long TriggeredAt { get; init; }

    /// <summary>When the frame was taken.</summary>
    public long CapturedAt { get; init; }

    /// <summary>When the trigger was noticed and a frame asked for.</summary>
    public long NoticedAt { get; init; }

    /// <summary>When the frame was in hand.</summary>
    public long StartedAt { get; init; }

    /// <summary>When it lay in the network's input.</summary>
    public long PreparedAt { get; init; }

    /// <summary>When the last inference ended.</summary>
    public long InferredAt { get; init; }

    /// <summary>When the answer had been read.</summary>
    public long AnsweredAt { get; init; }

    /// <summary>See <see cref="Sessions.AnswerReader.Margin"/>; NaN where the task has none.</summary>
    public float Margin { get; init; }

    /// <summary>Frames that nobody took in time, since the start.</summary>
    public long Drops { get; init; }

    /// <summary>Triggers that could not be answered, since the start.</summary>
    public long Missed { get; init; }

    /// <summary>From trigger to answer, in nanoseconds.</summary>
    public long Latency => AnsweredAt - TriggeredAt;

    /// <summary>What the program adds to capture, preparation and inference, in nanoseconds.</summary>
    public long Overhead => Latency - (StartedAt - NoticedAt) - (InferredAt - StartedAt);
}
