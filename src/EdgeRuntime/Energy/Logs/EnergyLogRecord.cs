using System.Buffers;
using System.Text.Json;

namespace EdgeRuntime.Energy.Logs;

/// <summary>Builds the records of an energy log, one JSON object a line, without allocating. Not thread-safe.</summary>
internal sealed class EnergyLogRecord : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _json;

    public EnergyLogRecord() => _json = new Utf8JsonWriter(_buffer);

    /// <summary>What every record begins with.</summary>
    public static ReadOnlySpan<byte> Opening => "{\"seq\":"u8;

    /// <summary>Begins a record.</summary>
    /// <param name="sequence">Its number in the log; none is left out as long as none is lost.</param>
    /// <param name="type">Kind of record.</param>
    /// <param name="seconds">Since the log was opened, on a clock that never steps.</param>
    public EnergyLogRecord Begin(long sequence, string type, double seconds)
    {
        _buffer.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteNumber("seq"u8, sequence);
        _json.WriteString("type"u8, type);
        return Number("t"u8, Math.Round(seconds, 6));
    }

    /// <summary>Adds a text, if there is one.</summary>
    public EnergyLogRecord Text(ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            _json.WriteString(name, value.Length <= 512 ? value : value.AsSpan(0, 512));
        }

        return this;
    }

    /// <summary>Adds a number; null where it is not known.</summary>
    public EnergyLogRecord Number(ReadOnlySpan<byte> name, double value)
    {
        if (double.IsFinite(value))
        {
            _json.WriteNumber(name, value);
        }
        else
        {
            _json.WriteNull(name);
        }

        return this;
    }

    /// <summary>Adds a whole number.</summary>
    public EnergyLogRecord Number(ReadOnlySpan<byte> name, long value)
    {
        _json.WriteNumber(name, value);
        return this;
    }

    /// <summary>Ends the record.</summary>
    /// <returns>The line; valid until the next record begins.</returns>
    public ReadOnlySpan<byte> End()
    {
        _json.Flush();
        ReadOnlySpan<byte> open = _buffer.WrittenSpan;
        RecordCheck.Write(open, _buffer.GetSpan(RecordCheck.Length + 1));
        _buffer.GetSpan(RecordCheck.Length + 1)[RecordCheck.Length] = (byte)'\n';
        _buffer.Advance(RecordCheck.Length + 1);
        return _buffer.WrittenSpan;
    }

    /// <summary>Number of a record; null where the line is none.</summary>
    public static long? SequenceOf(ReadOnlySpan<byte> line)
        => line.StartsWith(Opening) && System.Buffers.Text.Utf8Parser.TryParse(line[Opening.Length..], out long sequence, out _) ? sequence : null;

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();
}
