namespace EdgeRuntime.Energy.Logs;

/// <summary>An energy log: JSON lines, only ever appended to, that survive a killed process and a full disk. May be used from several threads.</summary>
/// <remarks>
/// A record is in the system's hands when its method returns, in one write; nothing is kept back in this process. When there is no room, or the device
/// fails, records are dropped and counted, what stands in the file stays whole, and writing goes on as soon as it can: no method throws for that.
/// Nothing is allocated per record. Writing may block for as long as the device takes, so it is no work for the thread that infers.
/// </remarks>
public sealed class EnergyLog : IDisposable
{
    /// <summary>Version of the format.</summary>
    public const int Version = 1;

    private const double RetrySeconds = 1;

    private readonly string _path;
    private readonly string _source;
    private readonly EnergyLogOptions _options;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly FileStream _owner;
    private readonly EnergyLogRecord _record = new();
    private readonly Lock _lock = new();
    private LogFile? _file;
    private long _sequence;
    private long _lostSinceWriting;
    private double _failedAt = double.NegativeInfinity;
    private double _syncedAt;
    private bool _failing;
    private bool _unsynced;

    private EnergyLog(string path, string source, EnergyLogOptions options, TimeProvider time)
    {
        _path = path;
        _source = source;
        _options = options;
        _time = time;
        _start = time.GetTimestamp();
        try
        {
            _owner = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (File.Exists(path + ".lock"))
        {
            throw new EdgeRuntimeException($"{path}: another process writes this log. End it, or name another file.", 5, e);
        }

        try
        {
            long older = LogRotation.LastSequence(path);
            _file = new LogFile(path);
            RecoveredBytes = _file.Cut;
            _sequence = Math.Max(_file.LastSequence, older) + 1;
        }
        catch
        {
            _owner.Dispose();
            throw;
        }
    }

    /// <summary>Told once when writing begins to fail and once when it works again.</summary>
    public event Action<string>? Noticed;

    /// <summary>Bytes of an unfinished record that opening cut off.</summary>
    public long RecoveredBytes { get; }

    /// <summary>Records that found no room.</summary>
    public long Lost { get; private set; }

    /// <summary>Number of the next record.</summary>
    public long NextSequence => _sequence;

    /// <summary>Opens a log, or makes it.</summary>
    /// <param name="path">File; LOG.1, LOG.2 … beside it take what is older, LOG.lock keeps other processes out.</param>
    /// <param name="source">Tag of the sensor.</param>
    /// <param name="idleWatts">What the idle board draws; null if unknown.</param>
    /// <param name="options">Limits; null takes the usual ones.</param>
    /// <param name="time">Clock; null is the system's.</param>
    /// <exception cref="EdgeRuntimeException">The file is no energy log (2), or another process writes it (5).</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static EnergyLog Open(string path, string source, double? idleWatts = null, EnergyLogOptions? options = null, TimeProvider? time = null)
    {
        options ??= new EnergyLogOptions();
        if (options.Files < 1 || options.FileBytes < EnergyLogOptions.SmallestFile)
        {
            throw new EdgeRuntimeException(FormattableString.Invariant($"The energy log would have {options.Files} file(s) of {options.FileBytes} bytes; give each at least {EnergyLogOptions.SmallestFile} bytes."), 2);
        }

        EnergyLog log = new(path, source, options, time ?? TimeProvider.System);
        lock (log._lock)
        {
            log.Write(log.Begin("start").Text("schema"u8, "edgert.energy-log").Number("version"u8, Version)
                .Text("utc"u8, log._time.GetUtcNow().UtcDateTime.ToString("O")).Text("source"u8, source).Number("idle_watts"u8, idleWatts ?? double.NaN));
        }

        return log;
    }

    /// <summary>Mean power over the seconds before, and the joules since the log was opened.</summary>
    /// <returns>Whether the record was written.</returns>
    public bool Power(double watts, double joules, double seconds)
    {
        lock (_lock)
        {
            return Write(Begin("power").Number("watts"u8, Math.Round(watts, 6)).Number("joules"u8, Math.Round(joules, 6)).Number("seconds"u8, Math.Round(seconds, 6)).Text("source"u8, _source));
        }
    }

    /// <summary>A frame.</summary>
    /// <param name="number">Number of the frame.</param>
    /// <param name="point">Operating point that answered.</param>
    /// <param name="latencyMilliseconds">From its trigger to its answer.</param>
    /// <param name="energy">Its energy.</param>
    /// <returns>Whether the record was written.</returns>
    public bool Frame(long number, string point, double latencyMilliseconds, in FrameEnergy energy)
    {
        lock (_lock)
        {
            return Write(Begin("frame").Number("frame"u8, number).Text("point"u8, point).Number("ms"u8, Math.Round(latencyMilliseconds, 4))
                .Number("gross_j"u8, Math.Round(energy.GrossJoules, 6)).Number("net_j"u8, Math.Round(energy.NetJoules, 6))
                .Number("period_s"u8, Math.Round(energy.PeriodSeconds, 6)).Number("period_j"u8, Math.Round(energy.PeriodJoules, 6)).Text("source"u8, _source));
        }
    }

    /// <summary>A change of the operating point and its reason.</summary>
    /// <returns>Whether the record was written.</returns>
    public bool Switch(string from, string to, string reason)
    {
        lock (_lock)
        {
            return Write(Begin("switch").Text("from"u8, from).Text("to"u8, to).Text("message"u8, reason));
        }
    }

    /// <summary>What a meter noticed.</summary>
    /// <returns>Whether the record was written.</returns>
    public bool Notice(in MeterNotice notice)
    {
        string type = notice.Kind switch { MeterNoticeKind.Gap => "gap", MeterNoticeKind.SensorLost => "sensor-lost", _ => "sensor-back" };
        lock (_lock)
        {
            return Write(Begin(type).Number("seconds"u8, Math.Round(notice.Duration, 6)).Text("message"u8, notice.Message));
        }
    }

    /// <summary>Anything else worth keeping.</summary>
    /// <returns>Whether the record was written.</returns>
    public bool Note(string message)
    {
        lock (_lock)
        {
            return Write(Begin("note").Text("message"u8, message));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            try
            {
                _file?.Sync();
            }
            catch (IOException)
            {
                // The device fails: whoever listens has been told, and there is nothing left to do.
            }

            _file?.Dispose();
            _file = null;
            _record.Dispose();
            _owner.Dispose();
        }
    }

    private double Now => _time.GetElapsedTime(_start).TotalSeconds;

    private EnergyLogRecord Begin(string type) => _record.Begin(_sequence, type, Now);

    private bool Write(EnergyLogRecord record)
    {
        double now = Now;
        if (_failing && now - _failedAt < RetrySeconds)
        {
            return Drop();
        }

        try
        {
            ReadOnlySpan<byte> line = record.End();
            _file ??= new LogFile(_path);
            if (_file.Length > 0 && _file.Length + line.Length > _options.FileBytes)
            {
                _file.Sync();
                _file.Dispose();
                _file = null;
                LogRotation.Rotate(_path, _options.Files);
                _file = new LogFile(_path);
            }

            _file.Append(line);
            _sequence++;
            _unsynced = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(now, e);
        }

        if (_failing)
        {
            Recovered();
        }

        SyncWhenDue(now);
        return true;
    }

    private void SyncWhenDue(double now)
    {
        if (!_unsynced || now - _syncedAt < _options.SyncSeconds)
        {
            return;
        }

        _syncedAt = now;
        try
        {
            _file!.Sync();
            _unsynced = false;
        }
        catch (IOException e)
        {
            Fail(now, e);
        }
    }

    private bool Drop()
    {
        // The number stays used: a reader sees how many are missing.
        _sequence++;
        Lost++;
        _lostSinceWriting++;
        return false;
    }

    private bool Fail(double now, Exception e)
    {
        // Opened anew, so that what the failure left at the end is cut then.
        _file?.Dispose();
        _file = null;
        _failedAt = now;
        if (!_failing)
        {
            _failing = true;
            Noticed?.Invoke($"{_path}: records are being lost ({e.Message.TrimEnd('.')}). Free space or check the device; writing goes on as soon as it can.");
        }

        return Drop();
    }

    private void Recovered()
    {
        _failing = false;
        long lost = _lostSinceWriting;
        _lostSinceWriting = 0;
        string message = FormattableString.Invariant($"{_path}: writing works again; {lost} record(s) were lost");
        Noticed?.Invoke(message);
        Write(Begin("lost").Number("records"u8, lost).Text("message"u8, message));
    }
}
