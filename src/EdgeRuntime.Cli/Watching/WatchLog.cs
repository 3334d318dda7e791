using System.Text.Json;
using EdgeRuntime.Cli.CommandLine;
using EdgeRuntime.Platform;
using EdgeRuntime.Sinks;

namespace EdgeRuntime.Cli.Watching;

/// <summary>Changes of state: a sentence on stderr, a line of type <c>event</c> among the answers.</summary>
internal sealed class WatchLog(Terminal terminal) : IDeviceLog
{
    private readonly object _gate = new();

    /// <summary>Where lines go, once there is a place.</summary>
    public LineQueue? Lines { get; set; }

    /// <inheritdoc/>
    public void Note(string kind, string text) => Write("note", kind, text);

    /// <inheritdoc/>
    public void Warn(string kind, string text) => Write("warning", kind, text);

    private void Write(string level, string kind, string text)
    {
        lock (_gate)
        {
            if (level == "warning")
            {
                terminal.Warning(text);
            }
            else
            {
                terminal.Note(text);
            }
        }

        // Trouble of the output itself cannot be told through it.
        if (Lines is null || kind.StartsWith("output-", StringComparison.Ordinal))
        {
            return;
        }

        Utf8JsonWriter line = Lines.Begin();
        line.WriteString("type", "event");
        line.WriteString("time", DateTime.UtcNow);
        line.WriteString("level", level);
        line.WriteString("kind", kind);
        line.WriteString("text", text);
        Lines.End();
    }
}
