using System.CommandLine;

namespace ModelPacker.Commands;

/// <summary>A command whose help shows examples before anything else.</summary>
internal sealed class VerbCommand : Command
{
    /// <summary>Makes a verb.</summary>
    /// <param name="name">Name.</param>
    /// <param name="description">One line, then details.</param>
    /// <param name="examples">Command lines that work as they stand.</param>
    public VerbCommand(string name, string description, params string[] examples)
        : base(name, description)
    {
        Examples = examples;
    }

    /// <summary>Command lines for the help.</summary>
    public IReadOnlyList<string> Examples { get; }

    /// <summary>Adds arguments and options in the order of the help.</summary>
    public VerbCommand With(params Symbol[] symbols)
    {
        foreach (Symbol symbol in symbols)
        {
            switch (symbol)
            {
                case Argument argument:
                    Arguments.Add(argument);
                    break;
                default:
                    Options.Add((Option)symbol);
                    break;
            }
        }

        return this;
    }
}
