using System.Globalization;
using EdgeRuntime.Platform;

namespace EdgeRuntime.Sinks;

/// <summary>Pictures in a folder that never grows beyond a number of files and bytes: the oldest go first.</summary>
/// <remarks>Only files of its own pattern are counted and deleted. Not for several threads.</remarks>
public sealed class PictureFolder
{
    private const string Prefix = "watch-", Ending = ".png";

    private readonly string _folder;
    private readonly int _mostFiles;
    private readonly long _mostBytes;
    private readonly Queue<(string Path, long Bytes)> _files = new();
    private long _bytes;

    /// <summary>Opens the folder, and makes it when it is not there.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="mostFiles">Files kept.</param>
    /// <param name="mostBytes">Bytes kept.</param>
    /// <exception cref="DeviceException">It cannot be written.</exception>
    public PictureFolder(string folder, int mostFiles, long mostBytes)
    {
        _folder = folder;
        _mostFiles = mostFiles;
        _mostBytes = mostBytes;
        try
        {
            DirectoryInfo info = Directory.CreateDirectory(folder);
            string probe = Path.Combine(folder, $".{Prefix}{Environment.ProcessId}");
            File.WriteAllBytes(probe, []);
            File.Delete(probe);
            foreach (FileInfo file in info.GetFiles($"{Prefix}*{Ending}").OrderBy(f => f.Name, StringComparer.Ordinal))
            {
                _files.Enqueue((file.FullName, file.Length));
                _bytes += file.Length;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DeviceException($"pictures cannot be written there ({e.Message.TrimEnd('.')})", folder, "Name a folder that this user may write to, with room on its disk", e);
        }
    }

    /// <summary>Writes a picture, and deletes old ones.</summary>
    /// <param name="time">When it was taken; names the file, so that names sort by time.</param>
    /// <param name="number">Tells pictures of the same millisecond apart.</param>
    /// <param name="write">Writes the PNG.</param>
    /// <exception cref="IOException">The disk is full or gone; nothing is left behind.</exception>
    public void Add(DateTime time, long number, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        string name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{time:yyyyMMdd-HHmmss-fff}-{number}{Ending}");
        string path = Path.Combine(_folder, name);
        string unfinished = path + ".part";
        long bytes;
        try
        {
            using FileStream stream = new(unfinished, FileMode.Create, FileAccess.Write);
            write(stream);
            stream.Flush();
            bytes = stream.Length;
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }

        File.Move(unfinished, path, overwrite: true);
        _files.Enqueue((path, bytes));
        _bytes += bytes;
        while (_files.Count > 1 && (_files.Count > _mostFiles || _bytes > _mostBytes))
        {
            (string old, long size) = _files.Dequeue();
            File.Delete(old);
            _bytes -= size;
        }
    }
}
