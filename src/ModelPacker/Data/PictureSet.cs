using System.Formats.Tar;
using System.Globalization;
using EdgeRuntime;
using EdgeRuntime.Images;

namespace ModelPacker.Data;

/// <summary>A folder or tar archive of pictures. Labels come from a CSV of file,label, or from one sub-folder per class in sorted order.</summary>
public static class PictureSet
{
    /// <summary>A training holds one picture in so many back: the 10th, the 20th, … in the order of the set.</summary>
    public const int HeldBack = 10;

    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".bmp", ".gif", ".ppm"];

    /// <summary>Opens a data set. The order is the sorted order of names in a folder, and the stored order in an archive.</summary>
    /// <param name="path">Folder or .tar file.</param>
    /// <param name="labels">CSV of file,label; null: <c>labels.csv</c> in the set if there is one, else sub-folders.</param>
    /// <param name="limit">Pictures to take, 0: all.</param>
    /// <param name="spread">Take them evenly from the whole set, so that sorted sets give pictures of all kinds; else the first ones.</param>
    /// <param name="heldBack">Take only pictures that a training with the whole set does not show.</param>
    /// <exception cref="EdgeRuntimeException">Nothing there, or the labels do not fit.</exception>
    public static List<LabelledPicture> Open(string path, string? labels = null, int limit = 0, bool spread = false, bool heldBack = false)
    {
        List<(string Name, Func<Picture> Read)> entries;
        string? csv = labels is null ? null : ReadText(labels);
        if (Directory.Exists(path))
        {
            entries = [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Where(IsPicture)
                .Select(f => (Path.GetRelativePath(path, f).Replace('\\', '/'), (Func<Picture>)(() => PictureReader.Read(f))))
                .OrderBy(e => e.Item1, StringComparer.Ordinal)];
            string beside = Path.Combine(path, "labels.csv");
            csv ??= File.Exists(beside) ? ReadText(beside) : null;
        }
        else if (File.Exists(path))
        {
            entries = ReadTar(path, ref csv);
        }
        else
        {
            throw new EdgeRuntimeException($"There is no folder or archive '{path}'. Give a folder of pictures or a .tar file.", 2);
        }

        if (entries.Count == 0)
        {
            throw new EdgeRuntimeException($"'{path}' holds no pictures ({string.Join(", ", Extensions)}).", 2);
        }

        Func<string, int> label = csv is not null ? FromCsv(csv, labels ?? path) : FromFolders(entries.Select(e => e.Name));
        List<(string Name, Func<Picture> Read)> taken = heldBack ? [.. entries.Where((_, i) => IsHeldBack(i))] : entries;
        if (limit > 0 && limit < taken.Count)
        {
            taken = [.. Enumerable.Range(0, limit).Select(i => taken[spread ? (int)((long)i * taken.Count / limit) : i])];
        }

        return [.. taken.Select(e => new LabelledPicture(e.Name, label(e.Name), e.Read))];
    }

    /// <summary>Whether a training holds a picture back.</summary>
    /// <param name="index">Its place in the set.</param>
    public static bool IsHeldBack(int index) => index % HeldBack == HeldBack - 1;

    /// <summary>Fewer pictures of a set, taken evenly from the whole; those that a training holds back are held back among fewer, too.</summary>
    /// <param name="pictures">The set.</param>
    /// <param name="shown">How many a training is to show, at most: rounded up to what lies between two that are held back.</param>
    public static List<LabelledPicture> Some(IReadOnlyList<LabelledPicture> pictures, int shown)
    {
        int groups = pictures.Count / HeldBack;
        int wanted = (int)(((long)shown + HeldBack - 2) / (HeldBack - 1));
        return wanted >= groups ? [.. pictures]
            : [.. Enumerable.Range(0, wanted).SelectMany(g => pictures.Skip((int)((long)g * groups / wanted) * HeldBack).Take(HeldBack))];
    }

    private static bool IsPicture(string name) => Extensions.Contains(Path.GetExtension(name).ToLowerInvariant());

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EdgeRuntimeException($"Cannot read the labels '{path}': {e.Message}", 2, e);
        }
    }

    private static List<(string, Func<Picture>)> ReadTar(string path, ref string? csv)
    {
        List<(string, Func<Picture>)> entries = [];
        try
        {
            using FileStream stream = File.OpenRead(path);
            using TarReader reader = new(stream);
            while (reader.GetNextEntry() is { } entry)
            {
                if (entry.DataStream is not { } data || entry.Length > PictureReader.MaxFileBytes)
                {
                    continue;
                }

                string name = entry.Name.TrimStart('.', '/');
                if (Path.GetFileName(name) == "labels.csv" && csv is null)
                {
                    using StreamReader text = new(data);
                    csv = text.ReadToEnd();
                }
                else if (IsPicture(name))
                {
                    byte[] bytes = new byte[entry.Length];
                    data.ReadExactly(bytes);
                    entries.Add((name, () => PictureReader.Read(bytes, $"{path}:{name}")));
                }
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or FormatException)
        {
            throw new EdgeRuntimeException($"Cannot read the archive '{path}': {e.Message} Give an uncompressed .tar file or a folder.", 2, e);
        }

        return entries;
    }

    private static Func<string, int> FromCsv(string csv, string source)
    {
        Dictionary<string, int> byName = new(StringComparer.Ordinal);
        int number = 0;
        foreach (string line in csv.Split('\n', StringSplitOptions.TrimEntries))
        {
            number++;
            int comma = line.LastIndexOf(',');
            if (line.Length == 0 || (number == 1 && line.EndsWith("label", StringComparison.OrdinalIgnoreCase)))
            {
                continue;
            }

            if (comma < 1 || !int.TryParse(line.AsSpan(comma + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int label))
            {
                throw new EdgeRuntimeException($"Line {number} of the labels of '{source}' is not 'file,class number': '{line}'.", 2);
            }

            byName[line[..comma].Trim('"')] = label;
        }

        return name => byName.TryGetValue(name, out int label) || byName.TryGetValue(Path.GetFileName(name), out label) ? label
            : throw new EdgeRuntimeException($"The labels of '{source}' have no line for '{name}'.", 2);
    }

    private static Func<string, int> FromFolders(IEnumerable<string> names)
    {
        string[] folders = [.. names.Select(Folder).Distinct().OrderBy(f => f, StringComparer.Ordinal)];
        return folders.Length < 2 ? _ => -1 : name => Array.BinarySearch(folders, Folder(name), StringComparer.Ordinal);
    }

    private static string Folder(string name) => Path.GetFileName(Path.GetDirectoryName(name)) ?? "";
}
