namespace ModelPacker.Tests;

/// <summary>Finds large test data, which lie beside the repository and may be absent.</summary>
internal static class SharedFiles
{
    /// <summary>The folder "shared" beside the repository, or null.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>A file below it, or null.</summary>
    public static string? File(params string[] parts)
    {
        string? path = Folder is null ? null : Path.Combine([Folder, .. parts]);
        return System.IO.File.Exists(path) ? path : null;
    }

    private static string? Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(at.FullName, "Directory.Packages.props")))
            {
                foreach (string? root in new[] { at.FullName, at.Parent?.FullName })
                {
                    if (root is not null && Directory.Exists(Path.Combine(root, "shared", "models")))
                    {
                        return Path.Combine(root, "shared");
                    }
                }

                return null;
            }
        }

        return null;
    }
}
