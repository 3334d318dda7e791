using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using EdgeRuntime;
using ModelPacker.Finetune;

namespace ModelPacker.Commands;

/// <summary>Options of a training, the same for all verbs that train.</summary>
internal sealed class TrainingArguments
{
    private static readonly FinetuneOptions Defaults = new() { Points = [0] };

    // Of fewer pictures a layer behind a flattened map, one site a picture, has hardly a mean.
    private const int LeastNormalized = 8;

    private readonly Option<int> _epochs = CommonOptions.AtLeast(new("--epochs") { Description = "Passes over the training pictures.", HelpName = "E", DefaultValueFactory = _ => Defaults.Epochs }, 1, 10000);
    private readonly Option<bool> _every = new("--every-point") { Description = "Show every batch at all operating points, not at one that is drawn: gets more out of an epoch, which takes as long as all points together." };
    private readonly Option<bool> _distill = new("--distill") { Description = "Teach the dense point's answers even where pictures have labels." };
    private readonly Option<string> _optimizer = Optimizer();
    private readonly Option<float> _rate = new("--learning-rate") { Description = "Learning rate of the first batch; it falls to zero along a cosine.", HelpName = "X", DefaultValueFactory = _ => Defaults.LearningRate };
    private readonly Option<int> _batch = CommonOptions.AtLeast(new("--batch") { Description = "Pictures of a batch.", HelpName = "N", DefaultValueFactory = _ => Defaults.Batch }, 1, 4096);
    private readonly Option<bool> _noFlip = new("--no-flip") { Description = "Show no mirrored pictures (for classes that differ by left and right)." };

    /// <summary>Train for all points; kept by the command, which knows the points.</summary>
    public Option<bool> Joint { get; } = new("--joint") { Description = "Train for all operating points, one drawn for every batch (the default where there are several)." };

    /// <summary>The option that names an optimizer.</summary>
    public static Option<string> Optimizer()
    {
        Option<string> option = new("--optimizer") { Description = "sgd: with momentum; adam: steps relative to each channel's weights, for networks that sgd does not get on with.", DefaultValueFactory = _ => "sgd" };
        option.AcceptOnlyFromAmong("sgd", "adam");
        return option;
    }

    /// <summary>All of them, in the order of the help.</summary>
    public Option[] All => [_epochs, Joint, _every, _distill, _optimizer, _rate, _batch, _noFlip];

    /// <summary>The first of them that the user gave, or null.</summary>
    public string? Given(ParseResult parsed) => First(parsed, All);

    /// <summary>The first that a trial has no use for, since it goes over the pictures once, for all points; null: none was given.</summary>
    public string? BeyondATrial(ParseResult parsed) => First(parsed, _epochs, Joint, _every);

    private static string? First(ParseResult parsed, params Option[] options) => options.FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false })?.Name;

    /// <summary>Fails where a batch is too small to be normalised over.</summary>
    /// <param name="options">Choices.</param>
    /// <param name="option">The option that normalises.</param>
    /// <param name="instead">What else to do, for the message.</param>
    /// <exception cref="EdgeRuntimeException">It is (exit code 2).</exception>
    public static void RequireCompany(FinetuneOptions options, string option, string instead)
    {
        if (options.Batch < LeastNormalized)
        {
            throw new EdgeRuntimeException($"'--batch {options.Batch}' is too few for batch normalisation, which '{option}' learns with. Give {LeastNormalized} or more, or {instead}.", ExitCodes.Usage);
        }
    }

    /// <summary>Reads them.</summary>
    /// <param name="parsed">Command line.</param>
    /// <param name="output">The bundle to write; the checkpoint lies beside it.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="resume">Whether an interrupted training goes on.</param>
    /// <param name="threads">Threads.</param>
    /// <returns>Choices without points.</returns>
    /// <exception cref="EdgeRuntimeException">A number out of range.</exception>
    public FinetuneOptions Read(ParseResult parsed, string output, int seed, bool resume, int threads)
    {
        float first = parsed.GetValue(_rate);
        return new()
        {
            Points = [],
            Epochs = parsed.GetValue(_epochs),
            EveryPoint = parsed.GetValue(_every),
            Distill = parsed.GetValue(_distill),
            Optimizer = Enum.Parse<OptimizerKind>(parsed.GetRequiredValue(_optimizer), ignoreCase: true),
            LearningRate = first is > 0 and <= 100 ? first
                : throw new EdgeRuntimeException(string.Create(CultureInfo.InvariantCulture, $"'--learning-rate' is {first}; give a number above 0, for example {Defaults.LearningRate}."), ExitCodes.Usage),
            Batch = parsed.GetValue(_batch),
            Flip = !parsed.GetValue(_noFlip),
            Seed = seed,
            Resume = resume,
            Checkpoint = output + ".finetune",
            Threads = threads,
        };
    }
}
