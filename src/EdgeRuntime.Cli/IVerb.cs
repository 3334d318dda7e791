using EdgeRuntime.Cli.CommandLine;

namespace EdgeRuntime.Cli;

/// <summary>One verb of the program. A new verb is one file and one line in <see cref="VerbList"/>.</summary>
internal interface IVerb
{
    /// <summary>The word typed.</summary>
    string Name { get; }

    /// <summary>One line for the list of verbs.</summary>
    string Summary { get; }

    /// <summary>Operands, for example <c>OUT.edge IMAGE…</c>.</summary>
    string Operands { get; }

    /// <summary>Command lines that show the usual uses, without the leading program name.</summary>
    string[] Examples { get; }

    /// <summary>Options taken, besides <c>--help</c>.</summary>
    OptionSpec[] Options { get; }

    /// <summary>Does the work and returns the exit code. Failures are thrown.</summary>
    int Run(Arguments arguments, Terminal terminal, CancellationToken cancellation);
}
