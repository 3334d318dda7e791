using EdgeRuntime.Images;

namespace ModelPacker.Tests;

/// <summary>A folder for one test, gone afterwards.</summary>
internal sealed class TestFolder : IDisposable
{
    /// <summary>Its path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("modelpacker-test-").FullName;

    /// <summary>A path inside.</summary>
    public string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    /// <summary>Writes a text file.</summary>
    public string Write(string name, string text)
    {
        string path = File(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Writes a picture of one grey level as a PPM file.</summary>
    public string WritePicture(string name, int side, byte level)
    {
        string path = File(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        byte[] rgb = new byte[side * side * 3];
        Array.Fill(rgb, level);
        System.IO.File.WriteAllBytes(path, [.. System.Text.Encoding.ASCII.GetBytes($"P6\n{side} {side}\n255\n"), .. rgb]);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
