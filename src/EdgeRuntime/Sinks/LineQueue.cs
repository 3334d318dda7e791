using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeRuntime.Platform;

namespace EdgeRuntime.Sinks;

/// <summary>JSON lines on their way to a stream, written by a thread of their own. Allocates nothing per line once its buffers have grown.</summary>
/// <remarks>
/// The queue is bounded. When the reader of the stream is slow, writers wait: answers are not lost, frames are dropped at the camera.
/// A stream that fails (a full disk) loses lines, which are counted; one whose reader has gone says so through <see cref="Gone"/>.
/// </remarks>
public sealed class LineQueue : IDisposable
{
    private const int Capacity = 64;

    private readonly Stream _stream;
    private readonly IDeviceLog _log;
    private readonly Action _gone;
    private readonly ArrayBufferWriter<byte>[] _lines = new ArrayBufferWriter<byte>[Capacity];
    private readonly Utf8JsonWriter _json;
    private readonly object _gate = new();
    private readonly object _producers = new();
    private readonly Thread _thread;
    private int _first;
    private int _count;
    private bool _stop;
    private bool _hurry;
    private bool _failing;

    /// <summary>Starts the thread.</summary>
    /// <param name="stream">Where lines go; stays the caller's.</param>
    /// <param name="log">Told when lines are lost, and when that ends.</param>
    /// <param name="gone">Called when nobody reads any more.</param>
    public LineQueue(Stream stream, IDeviceLog log, Action gone)
    {
        _stream = stream;
        _log = log;
        _gone = gone;
        for (int i = 0; i < Capacity; i++)
        {
            _lines[i] = new ArrayBufferWriter<byte>(1024);
        }

        // Nobody puts these lines into a web page; people read them.
        _json = new Utf8JsonWriter(_lines[0], new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        _thread = new Thread(Write) { IsBackground = true, Name = "output" };
        _thread.Start();
    }

    /// <summary>Lines that could not be written.</summary>
    public long Lost { get; private set; }

    /// <summary>Nobody reads any more.</summary>
    public bool Gone { get; private set; }

    /// <summary>Begins a line (an object); waits for room. Every call needs <see cref="End"/> after it, from the same thread.</summary>
    public Utf8JsonWriter Begin()
    {
        Monitor.Enter(_producers);
        int slot;
        lock (_gate)
        {
            while (_count == Capacity && !_hurry)
            {
                Monitor.Wait(_gate);
            }

            // In a hurry the last line that waits gives way.
            Lost += _count == Capacity ? 1 : 0;
            slot = (_first + Math.Min(_count, Capacity - 1)) % Capacity;
        }

        _lines[slot].ResetWrittenCount();
        _json.Reset(_lines[slot]);
        _json.WriteStartObject();
        return _json;
    }

    /// <summary>Ends the line and hands it on.</summary>
    public void End()
    {
        _json.WriteEndObject();
        _json.Flush();
        lock (_gate)
        {
            ArrayBufferWriter<byte> line = _lines[(_first + Math.Min(_count, Capacity - 1)) % Capacity];
            line.GetSpan(1)[0] = (byte)'\n';
            line.Advance(1);
            if (_count < Capacity)
            {
                _count++;
            }

            Monitor.PulseAll(_gate);
        }

        Monitor.Exit(_producers);
    }

    /// <summary>From now on nobody waits for room, so that a reader that stands still cannot keep the program from ending.</summary>
    public void Hurry()
    {
        lock (_gate)
        {
            _hurry = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Writes what is left, for at most two seconds.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            (_stop, _hurry) = (true, true);
            Monitor.PulseAll(_gate);
        }

        _thread.Join(TimeSpan.FromSeconds(2));
        _json.Dispose();
    }

    private void Write()
    {
        while (true)
        {
            int slot;
            lock (_gate)
            {
                while (_count == 0)
                {
                    if (_stop)
                    {
                        return;
                    }

                    Monitor.Wait(_gate);
                }

                slot = _first;
            }

            WriteLine(_lines[slot]);
            lock (_gate)
            {
                _first = (_first + 1) % Capacity;
                _count--;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private void WriteLine(ArrayBufferWriter<byte> line)
    {
        try
        {
            _stream.Write(line.WrittenSpan);
            _stream.Flush();
            if (_failing)
            {
                _failing = false;
                _log.Note("output-back", $"Lines are written again; {Lost} were lost.");
            }
        }
        catch (ReaderGoneException)
        {
            Gone = true;
            _gone();
        }
        catch (IOException e)
        {
            Lost++;
            if (!_failing)
            {
                _failing = true;
                _log.Warn("output-failing", $"Standard output cannot be written ({e.Message.TrimEnd('.')}); lines are lost until it can. Make room on the disk.");
            }
        }
    }
}
