using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using EdgeRuntime;
using ModelPacker.Data;
using ModelPacker.Finetune;
using ModelPacker.Perforate;
using ModelPacker.Pipeline;
using ModelPacker.Tune;

namespace ModelPacker.Commands;

/// <summary><c>modelpacker tune</c>: searches operating points and puts them into a bundle.</summary>
internal static class TuneCommand
{
    // A hundred batches are seconds to a minute for small networks, and enough to mend scales.
    private const int TrialBatches = 100;
    private const int MostTrialBatches = 100_000;

    public static Command Create(Terminal terminal, CancellationToken cancel)
    {
        Argument<string> model = new("MODEL") { Description = "The trained network (.onnx), or a bundle (.edge), whose operating points are then made anew." };
        Option<string?> spec = CommonOptions.InputSpec();
        Option<string> data = new("--data")
        {
            Description = "Folder or .tar of pictures to search with; labelled ones (labels.csv, or one sub-folder per class) are judged by their labels, others by the dense network's answers.",
            HelpName = "DIR|TAR",
            Required = true,
        };
        Option<string?> labels = new("--labels") { Description = "CSV of file,class number.", HelpName = "CSV" };
        Option<string?> calibration = new("--calibration") { Description = "Pictures for int8 ranges (default: those of --data).", HelpName = "DIR|TAR" };
        Option<double?> lowRank = CommonOptions.LowRank();
        Option<string> points = new("--points") { Description = "Speed-ups to make operating points for, of the network as given (default: 1.5x,2x,3x unless --max-loss is given).", HelpName = "1.5x,2x,3x" };
        Option<double?> maxLoss = new("--max-loss") { Description = "Make a point that loses at most so many points of top-1.", HelpName = "POINTS" };
        Option<string> mask = new("--mask") { Description = "Kind of mask (auto: whichever loses least, layer by layer).", DefaultValueFactory = _ => "auto" };
        mask.AcceptOnlyFromAmong(["auto", .. MaskKinds.Names]);
        Option<string> smaller = new("--smaller-input")
        {
            Description = "Whether points may take a smaller picture, with masks on top (auto: if '--mask' is auto): on, off, auto, or the widths to try, like 224,192,160, the full one only if it is named.",
            HelpName = "auto|on|off|WIDTHS",
            DefaultValueFactory = _ => "auto",
        };
        Option<string> loss = new("--loss") { Description = "What steers the search: divergence from the dense answers (steadier), or log-loss of the labels.", DefaultValueFactory = _ => "divergence" };
        loss.AcceptOnlyFromAmong("divergence", "labels");
        Option<string> objective = new("--objective") { Description = "What the loss is weighed against.", DefaultValueFactory = _ => "time" };
        objective.AcceptOnlyFromAmong("time", "energy", "macs");
        Option<string?> board = new("--board") { Description = "Predict for a board (pi5, pi4, pi3b+, zero2w, or a profile's file) instead of this machine.", HelpName = "NAME" };
        Option<string?> timings = new("--timings") { Description = "Timings of a board: 'edgert profile MODEL.edge --json > FILE' there (default: measured on this machine).", HelpName = "FILE" };
        Option<bool> noCorrection = new("--no-correction") { Description = "Do not re-fit constants per operating point." };
        Option<bool> baselines = new("--baselines") { Description = "Also measure what there is without a search: random masks, a fractional stride, a smaller input." };
        Option<string?> finetune = new("--finetune")
        {
            Description = "Then train the points found, on these pictures (default: those of the search; '--epochs', '--distill', '--joint' and the like say the same).",
            HelpName = "DIR|TAR",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string?> finetuneLabels = new("--finetune-labels") { Description = "CSV of file,class number for the pictures of --finetune.", HelpName = "CSV" };
        Option<int> finetuneLimit = CommonOptions.AtLeast(new("--finetune-limit") { Description = "Train with only N pictures of --finetune, taken evenly (default: all).", HelpName = "N" }, 0, int.MaxValue);
        Option<int?> trial = new("--trial")
        {
            Description = string.Create(CultureInfo.InvariantCulture, $"Train the best of each way to a speed-up (masks alone, smaller pictures) for N batches, then choose (default: {TrialBatches} where a training follows, else 0). Without '--finetune', training options are those of the trial."),
            HelpName = "N",
        };
        TrainingArguments training = new();
        Option<int> limit = CommonOptions.Limit(spread: true);
        Option<bool> heldBack = new("--held-back")
        {
            Description = string.Create(CultureInfo.InvariantCulture, $"Search with those pictures alone that 'train' and 'finetune' hold back (every {PictureSet.HeldBack}th): for a network that was trained on the others."),
        };
        Option<int> seed = new("--seed") { Description = "Seed of everything that is drawn.", HelpName = "N", DefaultValueFactory = _ => 1 };
        Option<bool> resume = new("--resume") { Description = "Go on with an interrupted search or training (what it has lies beside the bundle)." };
        Option<int> threads = CommonOptions.Threads();
        Option<string> output = new("-o", "--output") { Description = "The bundle to write.", HelpName = "OUT.edge", Required = true };
        Option<bool> json = CommonOptions.Json();
        Option<bool> verbose = CommonOptions.Verbose();
        VerbCommand command = new VerbCommand("tune", "Searches which sites of which layers can be skipped, and makes operating points of it.",
            "modelpacker tune model.onnx --data pictures/ -o model.edge",
            "modelpacker tune model.onnx --data train.tar --labels train.csv --points 1.5x,2x,3x -o model.edge",
            "modelpacker tune model.edge --data pictures/ --max-loss 1 --timings pi4.json -o tuned.edge --resume",
            "modelpacker tune model.onnx --data some.tar --finetune all.tar --epochs 5 -o model.edge",
            "modelpacker tune model.onnx --data pictures/ --low-rank 1.5 --points 2x,3x,4x -o model.edge")
            .With([model, spec, data, labels, calibration, lowRank, points, maxLoss, mask, smaller, loss, objective, board, timings, noCorrection, baselines, heldBack, limit,
                trial, finetune, finetuneLabels, finetuneLimit, .. training.All, seed, resume, threads, output, json, verbose]);
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(output);
            double? most = parsed.GetValue(maxLoss);
            string speedUps = parsed.GetValue(points) ?? (most is null ? "1.5x,2x,3x" : "");
            if (most is null && SpeedUps(speedUps).Length == 0)
            {
                throw new EdgeRuntimeException("'--points' names no speed-up; give some like 1.5x,2x,3x, or a '--max-loss'.", ExitCodes.Usage);
            }

            string pictures = parsed.GetRequiredValue(smaller);
            TuneOptions options = new()
            {
                SpeedUps = SpeedUps(speedUps),
                MaxLoss = most is null or (> 0 and <= 100) ? most : throw new EdgeRuntimeException($"'--max-loss' is {most}; give a number of points above 0 and up to 100, for example 1.", ExitCodes.Usage),
                Kinds = parsed.GetRequiredValue(mask) is var kind && kind != "auto" ? [MaskKinds.Parse(kind)] : MaskKinds.Automatic,
                SmallerInput = pictures == "auto" ? kind == "auto" : pictures != "off",
                SmallerWidths = pictures is "auto" or "on" or "off" ? [] : Widths(pictures),
                Objective = Enum.Parse<TuneObjective>(parsed.GetRequiredValue(objective), ignoreCase: true),
                Loss = Enum.Parse<SearchLoss>(parsed.GetRequiredValue(loss), ignoreCase: true),
                Timings = parsed.GetValue(timings),
                Board = parsed.GetValue(board),
                Correct = !parsed.GetValue(noCorrection),
                Baselines = parsed.GetValue(baselines),
                Seed = parsed.GetValue(seed),
                Resume = parsed.GetValue(resume),
                Log = path + ".search",
                Threads = parsed.GetValue(threads),
            };
            bool otherSet = parsed.GetValue(finetune) is not null;
            if (!otherSet && (parsed.GetValue(finetuneLabels) is not null || parsed.GetValue(finetuneLimit) > 0))
            {
                throw new EdgeRuntimeException($"'{(parsed.GetValue(finetuneLimit) > 0 ? "--finetune-limit" : "--finetune-labels")}' is for the pictures of '--finetune DIR|TAR', which names none.", ExitCodes.Usage);
            }

            int? tried = parsed.GetValue(trial) is null or (>= 0 and <= MostTrialBatches) ? parsed.GetValue(trial)
                : throw new EdgeRuntimeException($"'--trial' is {parsed.GetValue(trial)}; give a number of batches from 0 to {MostTrialBatches}.", ExitCodes.Usage);
            bool trains = parsed.GetResult(finetune) is not null || (training.Given(parsed) is not null && tried is null or 0);
            if (!trains && training.BeyondATrial(parsed) is { } beyond)
            {
                throw new EdgeRuntimeException($"'{beyond}' is for a training, and '--trial' alone does none. Add '--finetune'.", ExitCodes.Usage);
            }

            options = options with { Trial = tried ?? (trains ? TrialBatches : 0) };
            FinetuneOptions lessons = training.Read(parsed, path, options.Seed, options.Resume, options.Threads);
            TuneRequest request = new()
            {
                Model = parsed.GetRequiredValue(model),
                Spec = parsed.GetValue(spec),
                Data = parsed.GetRequiredValue(data),
                Labels = parsed.GetValue(labels),
                Calibration = parsed.GetValue(calibration),
                LowRank = parsed.GetValue(lowRank),
                Limit = parsed.GetValue(limit),
                HeldBack = parsed.GetValue(heldBack),
                Training = trains ? lessons : null,
                Trial = options.Trial > 0 ? lessons : null,
                TrainingData = parsed.GetValue(finetune),
                TrainingLabels = parsed.GetValue(finetuneLabels),
                TrainingLimit = parsed.GetValue(finetuneLimit),
                Output = path,
            };
            Run(terminal, request, options, parsed.GetValue(json), parsed.GetValue(verbose), cancel);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static int[] Widths(string text)
        => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).DefaultIfEmpty("").Select(word
            => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int width) && width > 0 ? width
            : throw new EdgeRuntimeException($"'--smaller-input' has '{word}'; give auto, on, off, or widths in pixels like 192,160.", ExitCodes.Usage))];

    private static double[] SpeedUps(string text)
        => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(word
            => double.TryParse(word.TrimEnd('x', 'X'), NumberStyles.Float, CultureInfo.InvariantCulture, out double factor) && factor > 1 && factor <= 100 ? factor
            : throw new EdgeRuntimeException($"'--points' has '{word}'; give speed-ups above 1 like 1.5x,2x,3x.", ExitCodes.Usage)).Distinct().Order()];

    private static void Run(Terminal terminal, TuneRequest request, TuneOptions options, bool json, bool verbose, CancellationToken cancel)
    {
        ModelFile.Require(request.Model);
        OutputFile.RequireBundle(request.Output);
        TuneJob job = new(request, options, terminal, cancel);
        List<string> warnings = [];
        (JsonObject search, FinetuneReport? training) = TerminalProgress.Run(terminal, verbose, progress =>
        {
            (JsonObject, FinetuneReport?) made = job.Run(progress);
            warnings = progress.Warnings;
            return made;
        });
        if (json)
        {
            JsonObject document = new() { ["model"] = request.Model, ["bundle"] = request.Output };
            JsonReport.Append(document, search);
            document["finetune"] = training?.ToJson();
            document["warnings"] = JsonReport.Strings(warnings);
            JsonReport.Write(terminal.Out, "tune", document);
            return;
        }

        terminal.Out.WriteLine($"bundle             {request.Output}, {Units.Bytes(new FileInfo(request.Output).Length)}");
        TuneReport.WriteText(search, terminal.Out);
        if (training is not null)
        {
            terminal.Out.WriteLine();
            training.WriteText(terminal.Out);
        }
    }
}
