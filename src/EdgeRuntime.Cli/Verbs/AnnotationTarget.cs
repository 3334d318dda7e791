namespace EdgeRuntime.Cli.Verbs;

/// <summary>Where annotated pictures go: one file, a folder, or a pattern with <c>{name}</c>.</summary>
internal sealed class AnnotationTarget
{
    private const string Placeholder = "{name}";

    private readonly string _target;
    private readonly bool _folder;
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <param name="target">What the option says.</param>
    /// <param name="pictures">How many pictures there are: one file holds only one.</param>
    public AnnotationTarget(string target, int pictures)
    {
        _target = target;
        _folder = !target.Contains(Placeholder, StringComparison.Ordinal)
            && (pictures > 1 || target.EndsWith('/') || Directory.Exists(target));
        string? parent = _folder ? target : Path.GetDirectoryName(target);
        if (!string.IsNullOrEmpty(parent))
        {
            Directory.CreateDirectory(parent);
        }
    }

    /// <summary>File for a picture; two of the same name get different ones.</summary>
    public string FileFor(string picture)
    {
        string stem = Path.GetFileNameWithoutExtension(picture);
        string path = Name(stem);
        for (int i = 2; !_taken.Add(path); i++)
        {
            path = Name($"{stem}-{i}");
        }

        return path;
    }

    private string Name(string stem)
        => _folder ? Path.Combine(_target, stem + ".png") : _target.Replace(Placeholder, stem, StringComparison.Ordinal);
}
