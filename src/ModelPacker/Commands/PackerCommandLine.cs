using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using EdgeRuntime;
using EdgeRuntime.Images;
using ModelPacker.Import;

namespace ModelPacker.Commands;

/// <summary>The command line of <c>modelpacker</c>: parses, runs one verb, and turns every error into one line and an exit code.</summary>
public static class PackerCommandLine
{
    private const string DebugVariable = "MODELPACKER_DEBUG";

    /// <summary>Runs a command line.</summary>
    /// <param name="args">Arguments without the program's name.</param>
    /// <param name="terminal">Where to write.</param>
    /// <param name="cancel">Stops the work (exit code 130).</param>
    /// <returns>Exit code.</returns>
    public static int Run(string[] args, Terminal terminal, CancellationToken cancel = default)
    {
        RootCommand root = Build(terminal, cancel);
        ParseResult result = root.Parse(args);
        try
        {
            if (args.Length == 0)
            {
                root.Parse("--help").Invoke(Configuration(terminal));
                return ExitCodes.Usage;
            }

            if (result.Action is ParseErrorAction || (result.Action is null && result.Errors.Count > 0))
            {
                Command command = result.CommandResult.Command;
                string verb = command is RootCommand ? "" : command.Name + " ";
                string what = command is RootCommand && result.UnmatchedTokens.Count > 0 ? $"There is no verb '{result.UnmatchedTokens[0]}'" : result.Errors[0].Message.TrimEnd('.');
                return Fail(terminal, $"{what}. See 'modelpacker {verb}--help'.", ExitCodes.Usage);
            }

            return result.Invoke(Configuration(terminal));
        }
        catch (Exception e)
        {
            return Fail(terminal, e);
        }
    }

    private static InvocationConfiguration Configuration(Terminal terminal) => new()
    {
        Output = terminal.Out,
        Error = terminal.Error,
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = null,
    };

    private static RootCommand Build(Terminal terminal, CancellationToken cancel)
    {
        RootCommand root = new("Packs ONNX networks into bundles for EdgeRuntime, and measures what they are worth.");
        root.Subcommands.Add(CheckCommand.Create(terminal));
        root.Subcommands.Add(PackCommand.Create(terminal, cancel));
        root.Subcommands.Add(TrainCommand.Create(terminal, cancel));
        root.Subcommands.Add(TuneCommand.Create(terminal, cancel));
        root.Subcommands.Add(FinetuneCommand.Create(terminal, cancel));
        root.Subcommands.Add(BaselineCommand.Create(terminal, cancel));
        root.Subcommands.Add(CascadeCommand.Create(terminal, cancel));
        root.Subcommands.Add(ImpactCommand.Create(terminal, cancel));
        root.Subcommands.Add(EvalCommand.Create(terminal, cancel));
        root.Subcommands.Add(ReportCommand.Create(terminal, cancel));
        root.Subcommands.Add(InspectCommand.Create(terminal));
        root.Subcommands.Add(DiffCommand.Create(terminal));
        root.Subcommands.Add(ListOpsCommand.Create(terminal));
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new ExamplesFirstHelp((HelpAction)help.Action!);
        return root;
    }

    private static int Fail(Terminal terminal, Exception e)
    {
        // Work on several cores reports failures of the same cause together.
        e = e is AggregateException several ? several.Flatten().InnerExceptions[0] : e;
        int code = e switch
        {
            OperationCanceledException => ExitCodes.Interrupted,
            EdgeRuntimeException known => known.ExitCode,
            InputException => ExitCodes.Usage,
            ModelException => ExitCodes.Model,
            _ => ExitCodes.Unexpected,
        };
        bool debug = Environment.GetEnvironmentVariable(DebugVariable) == "1";
        string message = code switch
        {
            ExitCodes.Interrupted => "interrupted; nothing was written.",
            ExitCodes.Unexpected => $"unexpected: {e.Message} This is a fault of the program; {(debug ? "please report it with the text below." : $"set {DebugVariable}=1 to see where.")}",
            _ => e.Message,
        };
        Fail(terminal, message, code);
        if (debug)
        {
            terminal.Error.WriteLine(e);
        }

        return code;
    }

    private static int Fail(Terminal terminal, string message, int code)
    {
        terminal.Error.WriteLine("error: " + message);
        return code;
    }
}
