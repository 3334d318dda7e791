namespace EdgeRuntime.Cli.CommandLine;

/// <summary>Files that an option names for writing.</summary>
internal static class OutputPath
{
    /// <summary>Fails where what is written would replace something else that the command names.</summary>
    /// <param name="option">The option, as the user writes it.</param>
    /// <param name="path">What it says.</param>
    /// <param name="others">Files that are read, or written too.</param>
    /// <exception cref="UsageException">It is one of them.</exception>
    public static void Distinct(string option, string path, params ReadOnlySpan<string> others)
    {
        string full = Path.GetFullPath(path);
        foreach (string other in others)
        {
            if (full == Path.GetFullPath(other))
            {
                throw new UsageException($"'{option} {path}' would replace another file of this command", "give it a name of its own");
            }
        }
    }
}
