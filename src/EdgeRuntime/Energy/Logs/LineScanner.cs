using Microsoft.Win32.SafeHandles;

namespace EdgeRuntime.Energy.Logs;

/// <summary>Goes through the lines of a file in pieces, so that a log of any size needs little memory. Lines that are longer than a record can be come in parts.</summary>
/// <param name="handle">The file.</param>
internal sealed class LineScanner(SafeFileHandle handle)
{
    private readonly byte[] _buffer = new byte[64 << 10];
    private long _position;
    private int _start;
    private int _end;
    private bool _finished;

    /// <summary>The next line.</summary>
    /// <param name="line">Its bytes without the end of the line; valid until the next call.</param>
    /// <param name="end">Offset in the file behind it.</param>
    /// <param name="complete">Whether an end of line closes it.</param>
    /// <returns>False behind the last.</returns>
    public bool Next(out ReadOnlySpan<byte> line, out long end, out bool complete)
    {
        while (true)
        {
            Span<byte> held = _buffer.AsSpan(_start, _end - _start);
            int newline = held.IndexOf((byte)'\n');
            bool full = held.Length == _buffer.Length;
            if (newline >= 0 || full || (_finished && held.Length > 0))
            {
                int length = newline >= 0 ? newline : held.Length;
                int taken = newline >= 0 ? newline + 1 : length;
                line = held[..length];
                complete = newline >= 0;
                _start += taken;
                _position += taken;
                end = _position;
                return true;
            }

            if (_finished)
            {
                line = default;
                end = _position;
                complete = false;
                return false;
            }

            held.CopyTo(_buffer);
            _end -= _start;
            _start = 0;
            int read = RandomAccess.Read(handle, _buffer.AsSpan(_end), _position + _end);
            _finished = read == 0;
            _end += read;
        }
    }
}
