namespace EdgeRuntime.Cli.CommandLine;

/// <summary>Options that several verbs share, so that they mean the same everywhere.</summary>
internal static class CommonOptions
{
    /// <summary>Most threads that a session takes.</summary>
    public const int MaximumThreads = 64;

    public static readonly OptionSpec Help = new("--help", null, "Show this text.");

    public static readonly OptionSpec Json = new("--json", null, "Write one JSON document to stdout.");

    public static readonly OptionSpec Point = new("--point", "P", "Operating point (default: the first, dense).", "EDGERT_POINT");

    public static readonly OptionSpec Points = new("--point", "P|all", "Operating point, or all of them (default: the first, dense).", "EDGERT_POINT");

    public static readonly OptionSpec Threads = new("--threads", "N", "Threads, 1 to 64 (default: cores, at most 4).", "EDGERT_THREADS");

    /// <summary>Threads asked for.</summary>
    public static int ThreadsOf(Arguments arguments)
        => arguments.Integer(Threads, Math.Clamp(Environment.ProcessorCount, 1, 4), 1, MaximumThreads);
}
