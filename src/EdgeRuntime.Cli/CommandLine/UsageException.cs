namespace EdgeRuntime.Cli.CommandLine;

/// <summary>A command line that cannot be run (exit code 2).</summary>
internal sealed class UsageException(string what, string how) : EdgeRuntimeException($"{what}; {how}.", Cli.ExitCode.Usage);
