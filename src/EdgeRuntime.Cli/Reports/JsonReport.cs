using System.Text.Json;
using EdgeRuntime.Cli.CommandLine;

namespace EdgeRuntime.Cli.Reports;

/// <summary>One JSON document with a schema name and version, written when it is complete.</summary>
internal sealed class JsonReport : IDisposable
{
    private readonly MemoryStream _buffer = new();
    private readonly Terminal _terminal;

    /// <summary>Opens the document; <paramref name="schema"/> is for example <c>edgert.run</c>.</summary>
    public JsonReport(Terminal terminal, string schema, int version = 1)
    {
        _terminal = terminal;
        Writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Indented = true });
        Writer.WriteStartObject();
        Writer.WriteString("schema", schema);
        Writer.WriteNumber("version", version);
    }

    /// <summary>Writes the members.</summary>
    public Utf8JsonWriter Writer { get; }

    /// <summary>A number, or null where JSON has none (NaN, infinity).</summary>
    public void Number(string name, double value)
    {
        if (double.IsFinite(value))
        {
            Writer.WriteNumber(name, value);
        }
        else
        {
            Writer.WriteNull(name);
        }
    }

    /// <summary>A list of integers.</summary>
    public void Integers(string name, ReadOnlySpan<int> values)
    {
        Writer.WriteStartArray(name);
        foreach (int value in values)
        {
            Writer.WriteNumberValue(value);
        }

        Writer.WriteEndArray();
    }

    /// <summary>A list of strings.</summary>
    public void Strings(string name, IEnumerable<string> values)
    {
        Writer.WriteStartArray(name);
        foreach (string value in values)
        {
            Writer.WriteStringValue(value);
        }

        Writer.WriteEndArray();
    }

    /// <summary>Closes the document and writes it out.</summary>
    public void Finish()
    {
        Writer.WriteEndObject();
        Writer.Flush();
        _buffer.WriteByte((byte)'\n');
        _terminal.Data.Write(_buffer.GetBuffer().AsSpan(0, (int)_buffer.Length));
    }

    /// <inheritdoc/>
    public void Dispose() => Writer.Dispose();
}
