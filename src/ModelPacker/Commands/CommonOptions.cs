using System.CommandLine;
using System.Globalization;

namespace ModelPacker.Commands;

/// <summary>Options that several verbs share.</summary>
internal static class CommonOptions
{
    /// <summary>Most threads that may be asked for.</summary>
    private const int MaxThreads = 64;

    public static Option<bool> Json() => new("--json") { Description = "Write one JSON document to stdout." };

    public static Option<bool> Verbose() => new("--verbose") { Description = "Tell the stages on stderr even where it is no terminal." };

    public static Option<string?> InputSpec() => new("--input-spec")
    {
        Description = "JSON file that says how the model wants its pictures (default: MODEL.json beside MODEL.onnx, or what the bundle holds).",
        HelpName = "FILE",
    };

    /// <summary>Pictures to use.</summary>
    /// <param name="spread">Whether they are taken evenly from the whole set.</param>
    public static Option<int> Limit(bool spread = false) => AtLeast(new("--limit")
    {
        Description = spread ? "Use only N pictures, taken evenly from the whole set (default: all)." : "Use only the first N pictures (default: all).",
        HelpName = "N",
    }, 0, int.MaxValue);

    public static Option<int> Threads() => AtLeast(new("--threads")
    {
        Description = "Threads (default: up to 4).",
        HelpName = "N",
        DefaultValueFactory = _ => Math.Min(4, Environment.ProcessorCount),
    }, 1, MaxThreads);

    /// <summary>Low-rank decomposition.</summary>
    public static Option<double?> LowRank()
    {
        Option<double?> option = new("--low-rank")
        {
            Description = "First decompose k×k convolutions into fewer filters and a 1×1 convolution, until the network has so many times fewer multiplications.",
            HelpName = "SPEEDUP",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && double.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out double value) && !(value is > 1 and <= 100))
            {
                result.AddError($"--low-rank is {result.Tokens[0].Value}; give a number above 1 and up to 100, for example 1.5.");
            }
        });
        return option;
    }

    /// <summary>Refuses numbers outside a range, with a message that names it.</summary>
    public static Option<int> AtLeast(Option<int> option, int minimum, int maximum)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && int.TryParse(result.Tokens[0].Value, out int value) && (value < minimum || value > maximum))
            {
                result.AddError($"{option.Name} is {value}; give a number from {minimum}{(maximum < int.MaxValue ? $" to {maximum}" : " upwards")}.");
            }
        });
        return option;
    }
}
