using EdgeRuntime.Platform;

namespace EdgeRuntime.Sinks;

/// <summary>Standard output as it is. The console's own stream hides that the reader of a pipe has ended, and a program that never ends has to know.</summary>
public sealed unsafe class StandardOutput : Stream
{
    private const int BrokenPipe = 32, File = 1;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            for (int done = 0; done < buffer.Length;)
            {
                nint count = Libc.Write(File, start + done, (nuint)(buffer.Length - done));
                if (count >= 0)
                {
                    done += (int)count;
                    continue;
                }

                switch (Errno.Last)
                {
                    case Errno.Interrupted:
                        break;
                    case BrokenPipe:
                        throw new ReaderGoneException();
                    case Errno.TryAgain:
                        Libc.PollEntry entry = new() { File = File, Events = Libc.PollOut };
                        _ = Libc.Poll(&entry, 1, -1);
                        break;
                    default:
                        throw new IOException(Errno.Text(Errno.Last));
                }
            }
        }
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();
}
