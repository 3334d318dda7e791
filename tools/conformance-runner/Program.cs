using System.Formats.Tar;
using System.IO.Compression;
using ConformanceRunner;

if (args.Length == 1 && args[0] == WorkerProcess.Argument)
{
    return WorkerProcess.Serve();
}

string? source = null;
string? markdown = null;
string? filter = null;
bool json = false;
for (int i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--json":
            json = true;
            break;
        case "--markdown" when i + 1 < args.Length:
            markdown = args[++i];
            break;
        case "--filter" when i + 1 < args.Length:
            filter = args[++i];
            break;
        case { } given when !given.StartsWith('-') && source is null:
            source = given;
            break;
        default:
            source = null;
            i = args.Length;
            break;
    }
}

if (source is null || !(File.Exists(source) || Directory.Exists(source)))
{
    Console.Error.WriteLine(source is null ? "usage: conformance ARCHIVE.tar.gz|DIR [--filter TEXT] [--json] [--markdown FILE]"
        : $"error: there is no archive or folder '{source}'. Name the operator cases: model.onnx with test_data_set_0/input_0.pb, output_0.pb.");
    return 2;
}

string? extracted = null;
try
{
    string root = source;
    if (File.Exists(source))
    {
        root = extracted = Directory.CreateTempSubdirectory("conformance-").FullName;
        using GZipStream unpacked = new(File.OpenRead(source), CompressionMode.Decompress);
        TarFile.ExtractToDirectory(unpacked, root, overwriteFiles: false);
    }

    string[] folders = [.. Directory.EnumerateFiles(root, "model.onnx", SearchOption.AllDirectories).Select(f => Path.GetDirectoryName(f)!)
        .Where(f => Directory.Exists(Path.Combine(f, "test_data_set_0")) && (filter is null || f.Contains(filter, StringComparison.Ordinal))).Order(StringComparer.Ordinal)];
    if (folders.Length == 0)
    {
        Console.Error.WriteLine($"error: '{source}' holds no cases. A case is a folder with model.onnx and test_data_set_0.");
        return 2;
    }

    using WorkerProcess worker = new();
    List<Verdict> verdicts = [.. folders.Select(f => worker.Run(Path.GetRelativePath(root, f).Replace('\\', '/'), f))];
    if (json)
    {
        Summary.WriteJson(Console.Out, verdicts);
    }
    else
    {
        Summary.WriteText(Console.Out, verdicts);
    }

    if (markdown is not null)
    {
        Summary.WriteMarkdown(markdown, Path.GetFileName(source), verdicts);
    }

    return Summary.Count(verdicts, Outcome.Failed) == 0 ? 0 : 4;
}
finally
{
    if (extracted is not null)
    {
        Directory.Delete(extracted, recursive: true);
    }
}
