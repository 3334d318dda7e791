using System.Text;
using EdgeRuntime.Sinks;

namespace EdgeRuntime.Cli.CommandLine;

/// <summary>Where a verb writes: data to one stream, messages to the other.</summary>
internal sealed class Terminal : IDisposable
{
    private const string Reset = "\x1b[0m";

    private readonly StreamWriter _data;
    private readonly StreamWriter _messages;
    private readonly bool _colorData;
    private readonly bool _colorMessages;
    private Stream? _live;

    /// <summary>Wraps two streams, which stay the caller's.</summary>
    public Terminal(Stream data, Stream messages, bool colorData = false, bool colorMessages = false)
    {
        UTF8Encoding utf8 = new(encoderShouldEmitUTF8Identifier: false);
        _data = new StreamWriter(data, utf8, 4096, leaveOpen: true);
        _messages = new StreamWriter(messages, utf8, 1024, leaveOpen: true) { AutoFlush = true };
        _colorData = colorData;
        _colorMessages = colorMessages;
    }

    /// <summary>The stream of data, for writers that bring their own encoding; anything written before is flushed.</summary>
    public Stream Data
    {
        get
        {
            _data.Flush();
            return _data.BaseStream;
        }
    }

    /// <summary>The stream of data for verbs that do not end by themselves: writing to it fails once nobody reads any more.</summary>
    public Stream LiveData => _live ?? Data;

    /// <summary>The process's own streams; colours only on a terminal and without NO_COLOR.</summary>
    public static Terminal OfProcess()
    {
        bool color = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new Terminal(Console.OpenStandardOutput(), Console.OpenStandardError(), color && !Console.IsOutputRedirected, color && !Console.IsErrorRedirected)
        {
            _live = new StandardOutput(),
        };
    }

    /// <summary>Writes data.</summary>
    public void Write(string text) => _data.Write(text);

    /// <summary>Writes a line of data.</summary>
    public void WriteLine(string text = "") => _data.Write(text + "\n");

    /// <summary>Writes a message.</summary>
    public void Note(string text)
    {
        _data.Flush();
        _messages.Write(text.EndsWith('\n') ? text : text + "\n");
    }

    /// <summary>Writes an error message.</summary>
    public void Error(string text) => Note(Paint("error:", "\x1b[1;31m", _colorMessages) + " " + text);

    /// <summary>Writes a warning.</summary>
    public void Warning(string text) => Note(Paint("warning:", "\x1b[1;33m", _colorMessages) + " " + text);

    /// <summary>Bold data text.</summary>
    public string Strong(string text) => Paint(text, "\x1b[1m", _colorData);

    /// <summary>Data text of something good.</summary>
    public string Good(string text) => Paint(text, "\x1b[32m", _colorData);

    /// <summary>Data text of something bad.</summary>
    public string Bad(string text) => Paint(text, "\x1b[31m", _colorData);

    /// <summary>Hands everything on.</summary>
    public void Flush()
    {
        try
        {
            _data.Flush();
        }
        catch (IOException)
        {
            // The reader of a pipe has gone (edgert … | head): nobody is left to be told.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Flush();
        _messages.Dispose();
    }

    private static string Paint(string text, string color, bool on) => on ? color + text + Reset : text;
}
