using System.Diagnostics;

namespace EdgeRuntime.Platform;

/// <summary>CLOCK_MONOTONIC in nanoseconds: the clock of the kernel's GPIO events and video frames, and on Linux that of <see cref="Stopwatch"/>.</summary>
public static class Clock
{
    /// <summary>Now.</summary>
    public static long Now => Stopwatch.Frequency == 1_000_000_000 ? Stopwatch.GetTimestamp() : (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));
}
