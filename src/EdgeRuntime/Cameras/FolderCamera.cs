using EdgeRuntime.Images;
using EdgeRuntime.Platform;

namespace EdgeRuntime.Cameras;

/// <summary>The pictures of a folder, in the order of their names, one each time a frame is asked for. New files are found at the next turn.</summary>
public sealed class FolderCamera : ICamera
{
    private static readonly string[] Endings = [".jpg", ".jpeg", ".png", ".bmp", ".ppm", ".gif"];

    private readonly string _folder;
    private readonly bool _loop;
    private string[] _files = [];
    private int _next;

    /// <param name="folder">The folder; its sub-folders too.</param>
    /// <param name="loop">Begin again after the last one.</param>
    public FolderCamera(string folder, bool loop)
    {
        _folder = folder;
        _loop = loop;
    }

    /// <inheritdoc/>
    public string Name => $"folder {_folder}";

    /// <inheritdoc/>
    public bool IsLive => false;

    /// <inheritdoc/>
    public void Open()
    {
        try
        {
            _files = [.. Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories)
                .Where(file => Endings.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DeviceException("the folder of pictures cannot be read", _folder, "Check the name, and that this user may read it", e);
        }

        if (_files.Length == 0)
        {
            throw new DeviceException($"the folder holds no pictures ({string.Join(", ", Endings)})", _folder, "Name a folder with pictures");
        }
    }

    /// <inheritdoc/>
    public CameraResult Read(Frame frame, long notBefore, Waker waker)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (_next >= _files.Length)
        {
            if (!_loop)
            {
                return CameraResult.Ended;
            }

            _next = 0;
            Open();
        }

        string file = _files[_next++];
        Picture picture = PictureReader.Read(file);
        frame.Describe(PixelFormat.Rgb24, picture.Width, picture.Height);
        picture.Rgb.CopyTo(frame.Bytes);
        frame.CapturedAt = Clock.Now;
        frame.Source = file;
        return CameraResult.Frame;
    }

    /// <inheritdoc/>
    public void Close()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
