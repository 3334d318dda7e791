namespace EdgeRuntime.Cli.CommandLine;

/// <summary>Files that an option names for writing.</summary>
internal static class OutputPath
{
    /// <summary>Fails where what is written would replace something else that the command names.</summary>
    /// <param name="option">The option, as the user writes it.</param>
    /// <param name="path">What it says; null where it was not given, '-' for stdout.</param>
    /// <param name="others">Files that are read, or written too; null for one that was not given.</param>
    /// <exception cref="UsageException">It is one of them.</exception>
    public static void Distinct(string option, string? path, params ReadOnlySpan<string?> others)
    {
        if (path is null or "-")
        {
            return;
        }

        string full = Path.GetFullPath(path);
        foreach (string? other in others)
        {
            if (other is not null && full == Path.GetFullPath(other))
            {
                throw new UsageException($"'{option} {path}' would replace another file of this command", "give it a name of its own");
            }
        }
    }
}
