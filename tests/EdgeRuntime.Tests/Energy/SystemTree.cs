namespace EdgeRuntime.Tests.Energy;

/// <summary>A folder that stands for <c>/</c>, with files as a kernel shows them.</summary>
internal sealed class SystemTree : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("edgert-tree-").FullName;

    /// <summary>Writes files below a folder: name, content, name, content …</summary>
    public SystemTree With(string folder, params string[] namesAndContents)
    {
        Directory.CreateDirectory(Path.Combine(Root, folder));
        for (int i = 0; i < namesAndContents.Length; i += 2)
        {
            File.WriteAllText(Path.Combine(Root, folder, namesAndContents[i]), namesAndContents[i + 1] + "\n");
        }

        return this;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
