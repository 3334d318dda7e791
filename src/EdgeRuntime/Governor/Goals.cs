namespace EdgeRuntime.Governing;

/// <summary>What a governor has to keep to, in any combination; null: no such goal. Within the goals it takes the best answers it can get.</summary>
public sealed record Goals
{
    /// <summary>Mean power of the whole board, in watts.</summary>
    public double? MaxWatts { get; init; }

    /// <summary>Mean gross energy of a frame's work, in joules.</summary>
    public double? MaxJoulesPerFrame { get; init; }

    /// <summary>How long the battery has to last, in hours from the first frame.</summary>
    public double? BatteryHours { get; init; }

    /// <summary>Longest time of a frame's work, in milliseconds; every frame counts.</summary>
    public double? DeadlineMs { get; init; }

    /// <summary>Frames a second that the work must allow, on average.</summary>
    public double? MinFps { get; init; }

    /// <summary>Highest temperature of the processor.</summary>
    public double? MaxCelsius { get; init; }

    /// <summary>Whether there is any goal.</summary>
    public bool Any => (MaxWatts ?? MaxJoulesPerFrame ?? BatteryHours ?? DeadlineMs ?? MinFps ?? MaxCelsius) is not null;

    /// <summary>Refuses goals that make no sense.</summary>
    /// <param name="idleWatts">What the idle board draws; null if unknown.</param>
    /// <exception cref="EdgeRuntimeException">Exit code 2; the message says which goal and why.</exception>
    public Goals Checked(double? idleWatts)
    {
        Check("--max-watts", MaxWatts, 0.01, 1000);
        Check("--max-joules-per-frame", MaxJoulesPerFrame, 1e-6, 1e6);
        Check("--battery-hours", BatteryHours, 0.01, 10_000);
        Check("--deadline-ms", DeadlineMs, 0.01, 3.6e6);
        Check("--min-fps", MinFps, 1e-4, 10_000);
        Check("--max-celsius", MaxCelsius, 20, 110);
        if (MaxWatts is { } watts && idleWatts is { } idle && watts <= idle)
        {
            throw new EdgeRuntimeException(FormattableString.Invariant($"'--max-watts' is {watts}, and the board draws {idle} W when idle; give more than that."), 2);
        }

        return this;
    }

    private static void Check(string name, double? value, double low, double high)
    {
        if (value is { } v && !(v >= low && v <= high))
        {
            throw new EdgeRuntimeException(FormattableString.Invariant($"'{name}' is {v}; give a number from {low} to {high}."), 2);
        }
    }
}
