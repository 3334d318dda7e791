namespace EdgeRuntime.Energy.Logs;

/// <summary>Limits of an energy log.</summary>
public sealed record EnergyLogOptions
{
    /// <summary>Bytes that the log and its older files may take together.</summary>
    public long MaximumBytes { get; init; } = 16 << 20;

    /// <summary>Files that share <see cref="MaximumBytes"/>: the log, and LOG.1 (the newest of the old ones), LOG.2 …</summary>
    public int Files { get; init; } = 4;

    /// <summary>Seconds after which what was written is forced onto the device: what a power cut may cost. (A killed process costs nothing that was appended.)</summary>
    public double SyncSeconds { get; init; } = 5;

    /// <summary>Least bytes of one file: room for a few records.</summary>
    internal const long SmallestFile = 4096;

    internal long FileBytes => MaximumBytes / Files;
}
