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
        byte[] rgb = new byte[side * side * 3];
        Array.Fill(rgb, level);
        return WritePicture(name, side, rgb);
    }

    /// <summary>Writes a picture of blotches of random colours as a PPM file.</summary>
    public string WriteNoise(string name, int side, int seed)
    {
        const int Blotch = 3;
        byte[] colours = new byte[((side / Blotch) + 1) * ((side / Blotch) + 1) * 3];
        new Random(seed).NextBytes(colours);
        byte[] rgb = new byte[side * side * 3];
        for (int i = 0; i < rgb.Length; i++)
        {
            int y = i / 3 / side / Blotch;
            int x = i / 3 % side / Blotch;
            rgb[i] = colours[(((y * ((side / Blotch) + 1)) + x) * 3) + (i % 3)];
        }

        return WritePicture(name, side, rgb);
    }

    /// <summary>Writes a picture as a PPM file.</summary>
    public string WritePicture(string name, int side, byte[] rgb)
    {
        string path = File(name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllBytes(path, [.. System.Text.Encoding.ASCII.GetBytes($"P6\n{side} {side}\n255\n"), .. rgb]);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
