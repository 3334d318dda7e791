namespace EdgeRuntime.Platform;

/// <summary>Why a wait ended.</summary>
public enum WakeReason
{
    /// <summary>The time is over.</summary>
    Timeout,

    /// <summary>Another thread called, or a signal came.</summary>
    Woken,

    /// <summary>The file has something to read.</summary>
    Readable,

    /// <summary>The file's device has gone.</summary>
    Gone,
}
