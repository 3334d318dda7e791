using System.Text.Json;
using EdgeRuntime.Cameras;
using EdgeRuntime.Device;
using EdgeRuntime.Sinks;

namespace EdgeRuntime.Cli.Watching;

/// <summary>The first and the last line of a watch.</summary>
internal static class WatchReport
{
    /// <summary>Says what is watched (<c>edgert.watch</c>, version 1).</summary>
    public static void Start(LineQueue lines, Network network, string camera, string trigger)
    {
        Utf8JsonWriter line = lines.Begin();
        line.WriteString("type", "start");
        line.WriteString("schema", "edgert.watch");
        line.WriteNumber("version", 1);
        line.WriteString("time", DateTime.UtcNow);
        line.WriteString("model", network.Bundle.Name);
        line.WriteStartArray("points");
        foreach (Bundles.OperatingPoint point in network.Bundle.Points)
        {
            line.WriteStringValue(point.Name);
        }

        line.WriteEndArray();
        line.WriteNumber("threads", network.Session.Threads);
        line.WriteString("camera", camera);
        line.WriteString("trigger", trigger);
        lines.End();
    }

    /// <summary>Sums up.</summary>
    /// <param name="lines">Where to.</param>
    /// <param name="reason"><c>frames</c>, <c>camera</c> (no more pictures), <c>signal</c> or <c>reader</c> (nobody reads the output).</param>
    /// <param name="seconds">How long it ran.</param>
    /// <param name="watcher">What it did.</param>
    /// <param name="pump">What the camera did.</param>
    /// <param name="pictures">What happened to annotated pictures; null for none.</param>
    public static void End(LineQueue lines, string reason, double seconds, Watcher watcher, CameraPump pump, AnnotationQueue? pictures)
    {
        Utf8JsonWriter line = lines.Begin();
        line.WriteString("type", "end");
        line.WriteString("time", DateTime.UtcNow);
        line.WriteString("reason", reason);
        line.WriteNumber("seconds", seconds);
        line.WriteNumber("frames", watcher.Answered);
        line.WriteNumber("missed", watcher.Missed);
        line.WriteNumber("drops", pump.Drops);
        line.WriteNumber("broken", pump.Broken);
        line.WriteNumber("swaps", watcher.Swaps);
        line.WriteNumber("lines_lost", lines.Lost);
        if (pictures is not null)
        {
            line.WriteNumber("pictures_skipped", pictures.Skipped);
            line.WriteNumber("pictures_lost", pictures.Lost);
        }

        Times(line, "latency_ms", watcher.Latency);
        Times(line, "overhead_ms", watcher.Overhead);
        lines.End();
    }

    private static void Times(Utf8JsonWriter line, string name, LatencyHistogram times)
    {
        line.WriteStartObject(name);
        line.WriteNumber("p50", times.Percentile(0.5) / 1e6);
        line.WriteNumber("p95", times.Percentile(0.95) / 1e6);
        line.WriteNumber("p99", times.Percentile(0.99) / 1e6);
        line.WriteNumber("max", times.Longest / 1e6);
        line.WriteEndObject();
    }
}
