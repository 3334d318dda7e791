namespace EdgeRuntime.Energy.Logs;

/// <summary>A record read back. Members that a kind of record does not have are null.</summary>
public sealed record LogEntry
{
    /// <summary>Kind: <c>start</c>, <c>power</c>, <c>frame</c>, <c>switch</c>, <c>gap</c>, <c>sensor-lost</c>, <c>sensor-back</c>, <c>lost</c>, <c>note</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Number in the log.</summary>
    public required long Sequence { get; init; }

    /// <summary>Seconds since the log was opened (begins anew with every <c>start</c>).</summary>
    public required double Seconds { get; init; }

    /// <summary>Which opening of the log it belongs to, from 0.</summary>
    public int Run { get; init; }

    /// <summary>Wall clock of a <c>start</c>.</summary>
    public string? Utc { get; init; }

    /// <summary>Tag of the sensor that the figures come from.</summary>
    public string? Source { get; init; }

    /// <summary>What the idle board draws.</summary>
    public double? IdleWatts { get; init; }

    /// <summary>Mean power.</summary>
    public double? Watts { get; init; }

    /// <summary>Joules since the log was opened.</summary>
    public double? Joules { get; init; }

    /// <summary>Length of what a record is about.</summary>
    public double? Duration { get; init; }

    /// <summary>Number of the frame.</summary>
    public long? Frame { get; init; }

    /// <summary>Operating point; of a switch the new one.</summary>
    public string? Point { get; init; }

    /// <summary>Latency of the frame in milliseconds.</summary>
    public double? Milliseconds { get; init; }

    /// <summary>Gross energy of the frame.</summary>
    public double? GrossJoules { get; init; }

    /// <summary>Net energy of the frame.</summary>
    public double? NetJoules { get; init; }

    /// <summary>Time since the frame before.</summary>
    public double? PeriodSeconds { get; init; }

    /// <summary>Energy since the frame before.</summary>
    public double? PeriodJoules { get; init; }

    /// <summary>Text.</summary>
    public string? Message { get; init; }
}
