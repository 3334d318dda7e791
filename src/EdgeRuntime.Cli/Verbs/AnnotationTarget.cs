using EdgeRuntime.Cli.CommandLine;

namespace EdgeRuntime.Cli.Verbs;

/// <summary>Where annotated pictures go: one file, a folder, or a pattern with <c>{name}</c>.</summary>
internal sealed class AnnotationTarget
{
    private const string Placeholder = "{name}";

    private readonly string _target;
    private readonly bool _folder;
    private readonly HashSet<string> _taken;

    /// <param name="target">What the option says.</param>
    /// <param name="pictures">The pictures: one file holds only one.</param>
    /// <param name="bundle">The bundle.</param>
    /// <exception cref="UsageException">It is one of these files, or a pattern for one file alone.</exception>
    public AnnotationTarget(string target, List<string> pictures, string bundle)
    {
        _target = target;
        bool pattern = target.Contains(Placeholder, StringComparison.Ordinal);
        _folder = !pattern && (pictures.Count > 1 || target.EndsWith('/') || Directory.Exists(target));
        // A picture beside which its annotated one lies must not be replaced by that, read or not read yet.
        _taken = [.. pictures.Append(bundle).Select(Path.GetFullPath)];
        if (!pattern && !_folder)
        {
            OutputPath.Distinct("--annotate", target, [.. pictures, bundle]);
        }

        if (pattern && Path.GetFullPath(Name("a")) == Path.GetFullPath(Name("b")))
        {
            // As in 'x{name}/../y.png': no other name would ever be free.
            throw new UsageException($"'--annotate {target}' is one file whatever {Placeholder} is", "write it into the file's name, like 'out/{name}.png'");
        }

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
        for (int i = 2; !_taken.Add(Path.GetFullPath(path)); i++)
        {
            path = Name($"{stem}-{i}");
        }

        return path;
    }

    private string Name(string stem)
        => _folder ? Path.Combine(_target, stem + ".png") : _target.Replace(Placeholder, stem, StringComparison.Ordinal);
}
