using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ModelPacker.Commands;

/// <summary>Prints a verb's examples, then the usual help.</summary>
internal sealed class ExamplesFirstHelp(HelpAction usual) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        Command command = parseResult.CommandResult.Command;
        IEnumerable<string> examples = command is VerbCommand verb ? verb.Examples
            : command.Subcommands.OfType<VerbCommand>().Where(c => c.Examples.Count > 0).Select(c => c.Examples[0]);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (string example in examples)
        {
            output.WriteLine("  " + example);
        }

        output.WriteLine();
        return usual.Invoke(parseResult);
    }
}
