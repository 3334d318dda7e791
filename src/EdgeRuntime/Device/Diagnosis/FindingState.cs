namespace EdgeRuntime.Device.Diagnosis;

/// <summary>What became of a check.</summary>
public enum FindingState
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Not there, and this machine need not have it.</summary>
    Absent,

    /// <summary>Something will not work, or not well, if it is wanted.</summary>
    Warning,

    /// <summary>Something is wrong.</summary>
    Problem,
}
