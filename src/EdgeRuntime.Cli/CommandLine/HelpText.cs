using System.Text;

namespace EdgeRuntime.Cli.CommandLine;

/// <summary>Help texts: examples first, since that is what people look for.</summary>
internal static class HelpText
{
    /// <summary>Help of the whole program.</summary>
    public static string OfProgram(IVerb[] verbs)
    {
        StringBuilder text = new();
        text.Append("edgert - runs packed vision models on small boards\n\nExamples:\n");
        foreach (IVerb verb in verbs)
        {
            text.Append("  edgert ").Append(verb.Examples[0]).Append('\n');
        }

        text.Append("\nVerbs:\n");
        foreach (IVerb verb in verbs)
        {
            text.Append("  ").Append(verb.Name.PadRight(10)).Append(verb.Summary).Append('\n');
        }

        return text.Append("""

            'edgert VERB --help' tells more about a verb; 'edgert --version' prints the version.
            Exit codes: 0 ok, 1 unexpected, 2 usage, 3 bad or unsupported bundle, 4 verification failed,
            5 hardware or permission missing, 130 interrupted.
            Environment: EDGERT_THREADS, EDGERT_POINT, EDGERT_FORCE_KERNEL, EDGERT_DISABLE, EDGERT_DEBUG=1 (stack traces), NO_COLOR.

            """).ToString();
    }

    /// <summary>Help of one verb.</summary>
    public static string OfVerb(IVerb verb)
    {
        StringBuilder text = new();
        text.Append("edgert ").Append(verb.Name).Append(" - ").Append(verb.Summary).Append("\n\nExamples:\n");
        foreach (string example in verb.Examples)
        {
            text.Append("  edgert ").Append(example).Append('\n');
        }

        text.Append("\nUsage: edgert ").Append(verb.Name);
        text.Append(verb.Operands.Length > 0 ? " " : "").Append(verb.Operands).Append(" [options]\n\nOptions:\n");
        foreach (OptionSpec option in (OptionSpec[])[.. verb.Options, CommonOptions.Help])
        {
            string left = option.Value is null ? option.Name : $"{option.Name} {option.Value}";
            text.Append("  ").Append(left.PadRight(20)).Append(option.Help);
            text.Append(option.Variable is null ? "" : $" [{option.Variable}]").Append('\n');
        }

        return text.ToString();
    }
}
