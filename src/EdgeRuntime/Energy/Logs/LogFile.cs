using Microsoft.Win32.SafeHandles;

namespace EdgeRuntime.Energy.Logs;

/// <summary>One file of a log. Opening it cuts what a killed process or a full disk left unfinished at its end.</summary>
internal sealed class LogFile : IDisposable
{
    private readonly SafeFileHandle _handle;

    /// <summary>Opens or makes a file.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="EdgeRuntimeException">It holds something else than an energy log; it is left as it is.</exception>
    public LogFile(string path)
    {
        _handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            Recover(path);
        }
        catch
        {
            _handle.Dispose();
            throw;
        }
    }

    /// <summary>Bytes of whole records.</summary>
    public long Length { get; private set; }

    /// <summary>Bytes that were cut when it was opened.</summary>
    public long Cut { get; private set; }

    /// <summary>Number of the last record; −1 when there is none.</summary>
    public long LastSequence { get; private set; } = -1;

    /// <summary>Adds a record.</summary>
    /// <exception cref="IOException">There is no room, or the device fails; nothing of the record is left in the file, if that can be helped.</exception>
    public void Append(ReadOnlySpan<byte> record)
    {
        try
        {
            RandomAccess.Write(_handle, record, Length);
            Length += record.Length;
        }
        catch (Exception e) when (e is IOException or ArgumentOutOfRangeException)
        {
            RandomAccess.SetLength(_handle, Length);

            // A file that may not grow any more (EFBIG) comes as an argument out of range.
            throw e as IOException ?? new IOException("the file may not become larger", e);
        }
    }

    /// <summary>Forces everything onto the device.</summary>
    public void Sync() => RandomAccess.FlushToDisk(_handle);

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private void Recover(string path)
    {
        long size = RandomAccess.GetLength(_handle);
        LineScanner scanner = new(_handle);
        bool any = false;
        while (scanner.Next(out ReadOnlySpan<byte> line, out long end, out bool complete))
        {
            any |= line.Length > 0;
            if (complete && RecordCheck.IsWhole(line))
            {
                Length = end;
                LastSequence = EnergyLogRecord.SequenceOf(line) ?? LastSequence;
            }
        }

        // What a process left that was killed at its very first record begins as every record does.
        if (Length == 0 && any && !(size < 1024 && StartsLikeRecord()))
        {
            throw new EdgeRuntimeException($"{path}: this file is no energy log, and it is left as it is. Name another file.", 2);
        }

        Cut = size - Length;
        if (Cut > 0)
        {
            RandomAccess.SetLength(_handle, Length);
        }
    }

    private bool StartsLikeRecord()
    {
        ReadOnlySpan<byte> start = EnergyLogRecord.Opening;
        Span<byte> found = stackalloc byte[start.Length];
        int length = RandomAccess.Read(_handle, found, 0);
        return start.StartsWith(found[..length]);
    }
}
