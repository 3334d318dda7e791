using EdgeRuntime.Cli.CommandLine;

namespace EdgeRuntime.Cli.Verbs;

/// <summary>Expands the picture operands of a command line.</summary>
internal static class PictureList
{
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".bmp", ".gif", ".ppm"];

    /// <summary>Files as given; a folder stands for the pictures in it, by name.</summary>
    /// <exception cref="UsageException">A folder holds no picture.</exception>
    public static List<string> Expand(IEnumerable<string> operands)
    {
        List<string> files = [];
        foreach (string operand in operands)
        {
            if (!Directory.Exists(operand))
            {
                files.Add(operand);
                continue;
            }

            List<string> found = [];
            foreach (string file in Directory.EnumerateFiles(operand))
            {
                if (Array.IndexOf(Extensions, Path.GetExtension(file).ToLowerInvariant()) >= 0)
                {
                    found.Add(file);
                }
            }

            if (found.Count == 0)
            {
                throw new UsageException($"the folder '{operand}' itself holds no pictures (folders in it are not searched)",
                    $"name files, or a folder with {string.Join(", ", Extensions)}");
            }

            found.Sort(StringComparer.Ordinal);
            files.AddRange(found);
        }

        return files;
    }
}
