namespace EndToEnd.Tests.Support;

/// <summary>Files that are no good bundles, each with what edgert has to say of it.</summary>
internal static class BrokenBundles
{
    /// <summary>Makes them from a good one. The last is not there at all.</summary>
    public static IEnumerable<(string Path, string Text)> Of(string good)
    {
        byte[] bytes = File.ReadAllBytes(good);
        string folder = Directory.CreateDirectory(Path.Combine(Workshop.Folder, $"broken-{Guid.NewGuid():n}")).FullName;
        yield return (Write(folder, "empty.edge", []), "no EdgeRuntime bundle");
        yield return (Write(folder, "picture.edge", File.ReadAllBytes(Workshop.PartPicture)), "no EdgeRuntime bundle");
        yield return (Write(folder, "truncated.edge", bytes[..(bytes.Length * 2 / 3)]), "cut short");
        yield return (Write(folder, "flipped-bit.edge", Changed(bytes, bytes.Length / 2, b => (byte)(b ^ 1))), "damaged");
        yield return (Write(folder, "too-new.edge", Changed(bytes, MajorAt(bytes), b => (byte)(b + 1))), "newer edgert");
        yield return (Path.Combine(folder, "none.edge"), "cannot open");
    }

    // The header begins with an array of five: the magic, then the major version, a small positive number of one byte.
    private static int MajorAt(byte[] bytes)
    {
        int at = 1 + 1 + "edgert-bundle".Length;
        Assert.Equal(1, bytes[at]);
        return at;
    }

    private static byte[] Changed(byte[] bytes, int at, Func<byte, byte> change)
    {
        byte[] copy = [.. bytes];
        copy[at] = change(copy[at]);
        return copy;
    }

    private static string Write(string folder, string name, byte[] bytes)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
