using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;

namespace EdgeRuntime.Energy.Sensors;

/// <summary>A number in a small file of <c>/sys</c>, read again and again without allocating. After a failure it opens the file anew.</summary>
internal sealed class SystemFile(string path) : IDisposable
{
    private SafeFileHandle? _handle;

    /// <summary>The file.</summary>
    public string Path => path;

    /// <summary>Reads the number.</summary>
    /// <exception cref="SensorException">The file is gone, may not be read, or holds no whole number.</exception>
    public long Read()
    {
        Span<byte> text = stackalloc byte[64];
        int length;
        try
        {
            _handle ??= File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            length = RandomAccess.Read(_handle, text, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Dispose();
            throw e is UnauthorizedAccessException
                ? new SensorException(path, "it may not be read", $"Run as root, or let the user read it: 'sudo chmod a+r {path}'", e)
                : new SensorException(path, $"it cannot be read ({e.Message.TrimEnd('.')})", "Has the device been unplugged? 'edgert power --list' shows the sensors that are there", e);
        }

        ReadOnlySpan<byte> digits = text[..length];
        if (!Utf8Parser.TryParse(digits, out long value, out int used) || digits[used..].IndexOfAnyExcept((byte)'\n', (byte)' ', (byte)0) >= 0)
        {
            Dispose();
            throw new SensorException(path, "it does not hold a whole number", "Is it the right device?");
        }

        return value;
    }

    /// <summary>Text of a file without the line's end; null where it cannot be read.</summary>
    public static string? Text(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).TrimEnd('\0', '\n', ' ') : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Sub-folders in the order of their numbers; none where the folder is not there.</summary>
    public static string[] Folders(string path, string pattern)
    {
        string[] found = Directory.Exists(path) ? Directory.GetDirectories(path, pattern) : [];
        Array.Sort(found, (a, b) => a.Length != b.Length ? a.Length - b.Length : string.CompareOrdinal(a, b));
        return found;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _handle?.Dispose();
        _handle = null;
    }
}
