namespace EdgeRuntime.Energy;

/// <summary>Kinds of <see cref="MeterNotice"/>.</summary>
public enum MeterNoticeKind
{
    /// <summary>The sensor no longer answers.</summary>
    SensorLost,

    /// <summary>It answers again.</summary>
    SensorBack,

    /// <summary>Readings were too far apart to know the energy in between.</summary>
    Gap,
}
