using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using EdgeRuntime.Cli.CommandLine;
using EdgeRuntime.Images;

namespace EdgeRuntime.Cli;

/// <summary>Picks the verb, runs it, and turns every failure into one line and an exit code.</summary>
internal static class Application
{
    /// <summary>Runs one command line and returns its exit code.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The outermost place: whatever escapes must end as a message and an exit code.")]
    public static int Run(string[] args, Terminal terminal, CancellationToken cancellation)
    {
        try
        {
            return Dispatch(args, terminal, cancellation);
        }
        catch (Exception e)
        {
            (int code, string message) = Explain(e);
            terminal.Error(message);
            if (Environment.GetEnvironmentVariable("EDGERT_DEBUG") == "1")
            {
                terminal.Note(e.ToString());
            }

            return code;
        }
        finally
        {
            terminal.Flush();
        }
    }

    private static int Dispatch(string[] args, Terminal terminal, CancellationToken cancellation)
    {
        if (args.Length == 0)
        {
            terminal.Note(HelpText.OfProgram(VerbList.All));
            return ExitCode.Usage;
        }

        string word = args[0];
        if (word is "--help" or "-h" or "help")
        {
            IVerb? topic = args.Length > 1 ? Find(args[1]) : null;
            terminal.Write(topic is null ? HelpText.OfProgram(VerbList.All) : HelpText.OfVerb(topic));
            return ExitCode.Ok;
        }

        if (word is "--version" or "-V" or "version")
        {
            terminal.WriteLine($"edgert {Version}");
            return ExitCode.Ok;
        }

        IVerb verb = Find(word);
        Arguments arguments = Arguments.Parse(args.AsSpan(1), verb);
        if (arguments.Has(CommonOptions.Help))
        {
            terminal.Write(HelpText.OfVerb(verb));
            return ExitCode.Ok;
        }

        return verb.Run(arguments, terminal, cancellation);
    }

    private static string Version
        => typeof(Application).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "?";

    private static IVerb Find(string word)
    {
        foreach (IVerb verb in VerbList.All)
        {
            if (verb.Name == word)
            {
                return verb;
            }
        }

        string? near = Suggestion.Nearest(word, Array.ConvertAll(VerbList.All, v => v.Name));
        throw new UsageException($"there is no verb '{word}'", near is null ? "run 'edgert --help' for the list" : $"did you mean '{near}'? 'edgert --help' lists all");
    }

    private static (int Code, string Message) Explain(Exception e) => e switch
    {
        OperationCanceledException => (ExitCode.Interrupted, "interrupted"),
        EdgeRuntimeException known => (known.ExitCode, known.Message),
        InputException input => (ExitCode.Usage, input.Message),
        OutOfMemoryException => (ExitCode.Hardware, "there is not enough memory for this model. Use a smaller input or a sparser operating point, or free memory."),
        UnauthorizedAccessException => (ExitCode.Hardware, $"{e.Message} Check the permissions of the file and its folder."),
        IOException => (ExitCode.Unexpected, $"{e.Message} Check the path and the space on the device."),
        _ => (ExitCode.Unexpected, $"unexpected {e.GetType().Name}: {e.Message} Please report this; EDGERT_DEBUG=1 shows where it happened."),
    };
}
