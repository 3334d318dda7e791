using System.Globalization;

namespace EdgeRuntime.Cli.CommandLine;

/// <summary>A parsed command line: operands, and options as <c>--name value</c>, <c>--name=value</c> or <c>--switch</c>. <c>--</c> ends the options.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = [];
    private readonly OptionSpec[] _options;

    private Arguments(IVerb verb)
    {
        Verb = verb.Name;
        _options = [.. verb.Options, CommonOptions.Help];
    }

    /// <summary>The verb, for messages.</summary>
    public string Verb { get; }

    /// <summary>What is no option, in order.</summary>
    public List<string> Operands { get; } = [];

    /// <summary>Parses what follows the verb.</summary>
    /// <exception cref="UsageException">Unknown option, missing or superfluous value, or an option given twice.</exception>
    public static Arguments Parse(ReadOnlySpan<string> args, IVerb verb)
    {
        Arguments parsed = new(verb);
        bool optionsEnded = false;
        for (int i = 0; i < args.Length; i++)
        {
            string word = args[i];
            if (optionsEnded || word.Length < 2 || word[0] != '-')
            {
                parsed.Operands.Add(word);
            }
            else if (word == "--")
            {
                optionsEnded = true;
            }
            else
            {
                i += parsed.Take(word, i + 1 < args.Length ? args[i + 1] : null);
            }
        }

        return parsed;
    }

    /// <summary>Whether a switch was given.</summary>
    public bool Has(OptionSpec option) => _values.ContainsKey(option.Name);

    /// <summary>Value of an option, else of its environment variable, else null.</summary>
    public string? Value(OptionSpec option)
    {
        if (_values.TryGetValue(option.Name, out string? value))
        {
            return value;
        }

        string? variable = option.Variable is null ? null : Environment.GetEnvironmentVariable(option.Variable);
        return string.IsNullOrEmpty(variable) ? null : variable;
    }

    /// <summary>Value of an option as an integer.</summary>
    /// <exception cref="UsageException">No integer in [minimum, maximum].</exception>
    public int Integer(OptionSpec option, int fallback, int minimum, int maximum)
    {
        string? text = Value(option);
        if (text is null)
        {
            return fallback;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= minimum && value <= maximum
            ? value
            : throw new UsageException($"{Source(option)} is '{text}'", $"give a whole number from {minimum} to {maximum}");
    }

    /// <summary>Value of an option as a number.</summary>
    /// <exception cref="UsageException">No number in [minimum, maximum].</exception>
    public double Number(OptionSpec option, double fallback, double minimum, double maximum)
    {
        string? text = Value(option);
        if (text is null)
        {
            return fallback;
        }

        return double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out double value) && value >= minimum && value <= maximum
            ? value
            : throw new UsageException($"{Source(option)} is '{text}'", string.Create(CultureInfo.InvariantCulture, $"give a number from {minimum} to {maximum}"));
    }

    /// <summary>Value of an option that is one of a few words; the first is the default.</summary>
    /// <exception cref="UsageException">None of them.</exception>
    public string Word(OptionSpec option, params string[] words)
    {
        string? text = Value(option);
        return text is null ? words[0]
            : Array.IndexOf(words, text) >= 0 ? text
            : throw new UsageException($"{Source(option)} is '{text}'", $"give one of: {string.Join(", ", words)}");
    }

    /// <summary>The only operand.</summary>
    /// <exception cref="UsageException">None, or more.</exception>
    public string SingleOperand(string what)
        => Operands.Count == 1 ? Operands[0]
        : throw new UsageException(
            Operands.Count == 0 ? $"'edgert {Verb}' needs {what}" : $"'edgert {Verb}' takes only {what}, got '{string.Join("' '", Operands)}'",
            $"see 'edgert {Verb} --help'");

    /// <summary>Refuses operands.</summary>
    /// <exception cref="UsageException">There are some.</exception>
    public void NoOperands()
    {
        if (Operands.Count > 0)
        {
            throw new UsageException($"'edgert {Verb}' takes no operand, got '{Operands[0]}'", $"see 'edgert {Verb} --help'");
        }
    }

    private string Source(OptionSpec option) => _values.ContainsKey(option.Name) ? $"'{option.Name}'" : $"the environment variable {option.Variable}";

    private int Take(string word, string? next)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? word : word[..equals];
        name = name == "-h" ? CommonOptions.Help.Name : name;
        OptionSpec option = Array.Find(_options, o => o.Name == name) ?? throw Unknown(name);
        if (option.Value is null)
        {
            if (equals >= 0)
            {
                throw new UsageException($"'{name}' takes no value", $"write just '{name}'");
            }

            _values[name] = "";
            return 0;
        }

        string? value = equals >= 0 ? word[(equals + 1)..] : next;
        if (string.IsNullOrEmpty(value) || (equals < 0 && value.StartsWith("--", StringComparison.Ordinal)))
        {
            throw new UsageException($"'{name}' lacks its value", $"write '{name} {option.Value}'");
        }

        if (!_values.TryAdd(name, value))
        {
            throw new UsageException($"'{name}' is given twice", "give it once");
        }

        return equals >= 0 ? 0 : 1;
    }

    private UsageException Unknown(string name)
    {
        string? near = Suggestion.Nearest(name, Array.ConvertAll(_options, o => o.Name));
        return new UsageException($"'edgert {Verb}' has no option '{name}'",
            near is null ? $"see 'edgert {Verb} --help'" : $"did you mean '{near}'? 'edgert {Verb} --help' lists all");
    }
}
