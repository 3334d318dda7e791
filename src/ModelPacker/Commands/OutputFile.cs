using EdgeRuntime;
using EdgeRuntime.Bundles;

namespace ModelPacker.Commands;

/// <summary>Whether a file may be written where the user wants it, asked before the work begins: an hour later is too late to hear it, and what lies there may exist nowhere else.</summary>
internal static class OutputFile
{
    private const string Devices = "/dev/";

    /// <summary>Fails where no file could be written.</summary>
    /// <param name="path">What '-o' says.</param>
    /// <exception cref="EdgeRuntimeException">There is no such folder, or something there that is no file (exit code 2).</exception>
    public static void Require(string path)
    {
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            throw new EdgeRuntimeException($"'{path}' is a folder. Name a file in it with '-o'.", ExitCodes.Usage);
        }

        if (full.StartsWith(Devices, StringComparison.Ordinal))
        {
            // What is written is renamed at its end, and that would put a file in the device's place.
            throw new EdgeRuntimeException($"'{path}' is a device, and what is written replaces what was there. Name a file with '-o'.", ExitCodes.Usage);
        }

        string folder = Path.GetDirectoryName(full)!;
        if (!Directory.Exists(folder))
        {
            throw new EdgeRuntimeException($"There is no folder '{folder}' to write '{path}' to. Make it first, or name another with '-o'.", ExitCodes.Usage);
        }
    }

    /// <summary>Fails where no bundle could be written, or where it would replace a file of another kind: a network, pictures, labels.</summary>
    /// <param name="path">What '-o' says.</param>
    /// <exception cref="EdgeRuntimeException">As <see cref="Require"/>, or there is a file that is neither empty nor a bundle (exit code 2).</exception>
    public static void RequireBundle(string path)
    {
        Require(path);
        FileInfo file = new(path);
        if (file.Exists && file.Length > 0 && !BundleReader.IsBundle(path))
        {
            throw new EdgeRuntimeException($"'{path}' is there already and no bundle, so it is not replaced. Name another file with '-o', for example '{Path.ChangeExtension(path, ".edge")}'.", ExitCodes.Usage);
        }
    }

    /// <summary>Whether two paths name one file.</summary>
    /// <param name="path">One.</param>
    /// <param name="other">Another, or null.</param>
    public static bool Same(string path, string? other) => other is not null && Path.GetFullPath(path) == Path.GetFullPath(other);
}
