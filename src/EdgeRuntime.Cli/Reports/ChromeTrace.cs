using System.Text.Json;
using EdgeRuntime.Sessions;

namespace EdgeRuntime.Cli.Reports;

/// <summary>Writes a run in the Trace Event Format (complete events, microseconds).</summary>
internal static class ChromeTrace
{
    /// <summary>Writes the last run of <paramref name="timed"/>.</summary>
    public static void Write(string path, TimedSession timed)
    {
        using FileStream stream = new(path, FileMode.Create, FileAccess.Write);
        using Utf8JsonWriter writer = new(stream);
        writer.WriteStartObject();
        writer.WriteString("displayTimeUnit", "ms");
        writer.WriteStartArray("traceEvents");
        for (int i = 0; i < timed.Session.Steps.Length; i++)
        {
            BoundStep step = timed.Session.Steps[i];
            writer.WriteStartObject();
            writer.WriteString("name", step.Name);
            writer.WriteString("cat", step.Kind);
            writer.WriteString("ph", "X");
            writer.WriteNumber("ts", timed.StartNanoseconds(i) / 1e3);
            writer.WriteNumber("dur", timed.Nanoseconds(i) / 1e3);
            writer.WriteNumber("pid", 1);
            writer.WriteNumber("tid", 1);
            writer.WriteStartObject("args");
            writer.WriteString("kernel", step.Kernel);
            writer.WriteNumber("rows", step.Rows);
            writer.WriteNumber("macs", step.Macs);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
