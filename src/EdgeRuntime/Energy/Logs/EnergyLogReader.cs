using System.Globalization;
using System.Text.Json;

namespace EdgeRuntime.Energy.Logs;

/// <summary>Reads a log with its older files, also while another process writes it.</summary>
public sealed class EnergyLogReader
{
    private EnergyLogReader()
    {
    }

    /// <summary>Whole records, oldest first.</summary>
    public List<LogEntry> Entries { get; } = [];

    /// <summary>Lines that are no whole record, an unfinished last one not counted.</summary>
    public int Unreadable { get; private set; }

    /// <summary>Whether the last line is unfinished.</summary>
    public bool HasTornTail { get; private set; }

    /// <summary>Records that are missing between others, by their numbers.</summary>
    public long Missing { get; private set; }

    /// <summary>Reads a log.</summary>
    /// <exception cref="EdgeRuntimeException">There is none (2).</exception>
    public static EnergyLogReader Read(string path)
    {
        EnergyLogReader reader = new();
        List<string> files = [.. Older(path)];
        if (File.Exists(path))
        {
            files.Add(path);
        }

        foreach (string file in files)
        {
            reader.ReadFile(file);
        }

        if (files.Count == 0 || (reader.Entries.Count == 0 && reader.Unreadable > 0))
        {
            throw new EdgeRuntimeException(files.Count == 0 ? $"{path}: there is no such log. Check the path." : $"{path}: this file is no energy log. Name one that 'edgert power --log' or 'edgert watch --energy-log' wrote.", 2);
        }

        return reader;
    }

    private static IEnumerable<string> Older(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder))
        {
            return [];
        }

        string prefix = Path.GetFileName(path) + ".";
        return Directory.EnumerateFiles(folder, prefix + "*").Where(f => Path.GetFileName(f).StartsWith(prefix, StringComparison.Ordinal))
            .Select(f => (File: f, Ok: int.TryParse(Path.GetFileName(f).AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int n), Number: n))
            .Where(f => f.Ok).OrderByDescending(f => f.Number).Select(f => f.File);
    }

    private void ReadFile(string file)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle handle = File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        LineScanner scanner = new(handle);
        HasTornTail = false;
        while (scanner.Next(out ReadOnlySpan<byte> line, out _, out bool complete))
        {
            if (!complete)
            {
                HasTornTail = true;
            }
            else if (RecordCheck.IsWhole(line) && Parse(line) is { } entry)
            {
                Add(entry);
            }
            else
            {
                Unreadable++;
            }
        }
    }

    private void Add(LogEntry entry)
    {
        LogEntry? before = Entries.Count > 0 ? Entries[^1] : null;
        Missing += before is null ? 0 : Math.Max(0, entry.Sequence - before.Sequence - 1);
        bool start = entry.Type == "start";
        Entries.Add(entry with { Run = (before?.Run ?? 0) + (start && before is not null ? 1 : 0), Source = entry.Source ?? before?.Source });
    }

    private static LogEntry? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            Utf8JsonReader json = new(line);
            using JsonDocument document = JsonDocument.ParseValue(ref json);
            JsonElement root = document.RootElement;
            return new LogEntry
            {
                Type = root.GetProperty("type").GetString()!,
                Sequence = root.GetProperty("seq").GetInt64(),
                Seconds = root.GetProperty("t").GetDouble(),
                Utc = Text(root, "utc"),
                Source = Text(root, "source"),
                IdleWatts = Number(root, "idle_watts"),
                Watts = Number(root, "watts"),
                Joules = Number(root, "joules"),
                Duration = Number(root, "seconds"),
                Frame = (long?)Number(root, "frame"),
                Point = Text(root, "point") ?? Text(root, "to"),
                Milliseconds = Number(root, "ms"),
                GrossJoules = Number(root, "gross_j"),
                NetJoules = Number(root, "net_j"),
                PeriodSeconds = Number(root, "period_s"),
                PeriodJoules = Number(root, "period_j"),
                Message = Text(root, "message"),
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // A line may have a right check sum and still be of another kind.
            return null;
        }
    }

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;

    private static double? Number(JsonElement root, string name)
        => root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
}
