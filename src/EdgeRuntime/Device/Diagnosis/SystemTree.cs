using System.Globalization;
using EdgeRuntime.Energy.Sensors;
using EdgeRuntime.Triggers.Gpio;

namespace EdgeRuntime.Device.Diagnosis;

/// <summary>What the checks look at: the running system, or a recorded copy of the files that they read.</summary>
/// <param name="root"><c>/</c>, or the folder of the copy.</param>
public sealed class SystemTree(string root)
{
    /// <summary>The folder.</summary>
    public string Root => root;

    /// <summary>Whether it is the running system, which can be asked more than files tell.</summary>
    public bool IsLive => root == "/";

    /// <summary>Whether there is such a file or folder.</summary>
    public bool Has(string path) => Path.Exists(At(path));

    /// <summary>Text of a file without the line's end; null where it cannot be read.</summary>
    public string? Text(string path) => SystemFile.Text(At(path));

    /// <summary>A whole number in a file; null where there is none.</summary>
    public long? Number(string path) => long.TryParse(Text(path), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : null;

    /// <summary>Names in a folder that fit a pattern, in order.</summary>
    public string[] Names(string folder, string pattern)
        => Directory.Exists(At(folder)) ? [.. Directory.GetFileSystemEntries(At(folder), pattern).Select(p => Path.GetFileName(p)).OrderBy(n => n.Length).ThenBy(n => n, StringComparer.Ordinal)] : [];

    /// <summary>A field of a file of lines <c>name: value</c>; null where there is none.</summary>
    public string? Field(string path, string name)
    {
        foreach (string line in (Text(path) ?? "").Split('\n'))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line.AsSpan(0, colon).Trim().SequenceEqual(name))
            {
                return line[(colon + 1)..].Trim();
            }
        }

        return null;
    }

    /// <summary>Where a program lies; null where it is not installed.</summary>
    public string? Program(string name)
    {
        foreach (string folder in (string[])["usr/bin", "usr/local/bin", "bin"])
        {
            if (Has($"{folder}/{name}"))
            {
                return $"/{folder}/{name}";
            }
        }

        return null;
    }

    /// <summary>Labels of the GPIO chips; the running system is asked itself, since its files do not always tell.</summary>
    public List<string> GpioLabels()
    {
        List<string> labels = [];
        foreach (string chip in Names("sys/class/gpio", "gpiochip*"))
        {
            if (Text($"sys/class/gpio/{chip}/label") is { } label)
            {
                labels.Add(label);
            }
        }

        foreach (string path in IsLive ? GpioChips.All() : [])
        {
            if (GpioChips.LabelOf(path).Label is { } label && !labels.Contains(label))
            {
                labels.Add(label);
            }
        }

        return labels;
    }

    private string At(string path) => Path.Combine(root, path);
}
