using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using EdgeRuntime;
using ModelPacker.Data;
using ModelPacker.Finetune;
using ModelPacker.Pipeline;
using ModelPacker.Train;
using ModelPacker.Tune;

namespace ModelPacker.Commands;

/// <summary><c>modelpacker train</c>: trains an ONNX classifier in fp32.</summary>
internal static class TrainCommand
{
    private const int Epochs = 20;
    private const float FirstRate = 0.05f;
    private const float FirstDecay = 5e-4f;
    private const float WarmUp = 0.05f;

    public static Command Create(Terminal terminal, CancellationToken cancel)
    {
        FinetuneOptions defaults = new() { Points = [0] };
        Argument<string> model = new("MODEL.onnx") { Description = "The network; what it is like must be in MODEL.json (docs/input-spec.md)." };
        Option<string?> spec = CommonOptions.InputSpec();
        Option<string> data = new("--data") { Description = "Folder or .tar of labelled pictures; one in ten is held back to judge by.", HelpName = "DIR|TAR", Required = true };
        Option<string?> labels = new("--labels") { Description = "CSV of file,class number (default: labels.csv in the set, else one sub-folder per class).", HelpName = "CSV" };
        Option<bool> init = new("--init") { Description = "Start from random weights (He initialisation) instead of the model's." };
        Option<bool> plain = new("--no-batch-norm") { Description = "With --init: do not normalise what layers answer over the pictures of a batch while they learn." };
        Option<bool> normalized = new("--batch-norm") { Description = "Without --init: normalise, too, beginning with the very answers that the model gives." };
        Option<int> epochs = CommonOptions.AtLeast(new("--epochs") { Description = "Passes over the pictures.", HelpName = "E", DefaultValueFactory = _ => Epochs }, 1, 10000);
        Option<string> optimizer = TrainingArguments.Optimizer();
        Option<float?> rate = new("--learning-rate")
        {
            Description = string.Create(CultureInfo.InvariantCulture, $"Largest learning rate; it rises at first and falls to zero along a cosine (default: {FirstRate} with --init, else {defaults.LearningRate})."),
            HelpName = "X",
        };
        Option<int> batch = CommonOptions.AtLeast(new("--batch") { Description = "Pictures of a batch.", HelpName = "N", DefaultValueFactory = _ => defaults.Batch }, 1, 4096);
        Option<bool> noFlip = new("--no-flip") { Description = "Show no mirrored pictures (for classes that differ by left and right)." };
        Option<int> limit = CommonOptions.Limit(spread: true);
        Option<int> seed = new("--seed") { Description = "Seed of everything that is drawn.", HelpName = "N", DefaultValueFactory = _ => defaults.Seed };
        Option<bool> resume = new("--resume") { Description = "Go on with an interrupted training (its checkpoint lies beside the output)." };
        Option<int> threads = CommonOptions.Threads();
        Option<string> output = new("-o", "--output") { Description = "The model to write.", HelpName = "OUT.onnx", Required = true };
        Option<bool> json = CommonOptions.Json();
        Option<bool> verbose = CommonOptions.Verbose();
        VerbCommand command = new VerbCommand("train", "Trains an ONNX classifier in fp32, from its weights or from scratch, and writes it as ONNX.",
            "modelpacker train model.onnx --data pictures/ --epochs 10 -o trained.onnx",
            "modelpacker train model.onnx --data train.tar --labels train.csv --init --epochs 40 -o trained.onnx",
            "modelpacker train model.onnx --data pictures/ --init --epochs 40 -o trained.onnx --resume",
            "modelpacker train trained.onnx --data pictures/ --batch-norm --epochs 10 -o better.onnx")
            .With(model, spec, data, labels, init, plain, normalized, epochs, optimizer, rate, batch, noFlip, limit, seed, resume, threads, output, json, verbose);
        command.SetAction(parsed =>
        {
            TrainRequest request = new(parsed.GetRequiredValue(model), parsed.GetValue(spec), parsed.GetValue(init), parsed.GetRequiredValue(output));
            float first = parsed.GetValue(rate) ?? (request.Initialize ? FirstRate : defaults.LearningRate);
            FinetuneOptions options = new()
            {
                Points = [0],
                Epochs = parsed.GetValue(epochs),
                Optimizer = Enum.Parse<OptimizerKind>(parsed.GetRequiredValue(optimizer), ignoreCase: true),
                LearningRate = first is > 0 and <= 100 ? first
                    : throw new EdgeRuntimeException(string.Create(CultureInfo.InvariantCulture, $"'--learning-rate' is {first}; give a number above 0, for example {defaults.LearningRate}."), ExitCodes.Usage),
                WarmUp = WarmUp,
                Normalize = request.Initialize ? !parsed.GetValue(plain) : parsed.GetValue(normalized),
                KeepAnswers = !request.Initialize,
                WeightDecay = request.Initialize ? FirstDecay : defaults.WeightDecay,
                Batch = parsed.GetValue(batch),
                Flip = !parsed.GetValue(noFlip),
                Seed = parsed.GetValue(seed),
                Resume = parsed.GetValue(resume),
                Checkpoint = request.Output + ".train",
                Threads = parsed.GetValue(threads),
            };
            if (parsed.GetValue(plain) && parsed.GetValue(normalized))
            {
                throw new EdgeRuntimeException("'--batch-norm' and '--no-batch-norm' are opposites. Give one of them: without '--init' a network learns as it is, unless '--batch-norm' is given.", ExitCodes.Usage);
            }

            if (options.Normalize)
            {
                (string option, string instead) = request.Initialize ? ("--init", "'--no-batch-norm'") : ("--batch-norm", "do without");
                TrainingArguments.RequireCompany(options, option, instead);
            }

            ModelFile.Require(request.Model);
            if (!ModelFile.IsOnnx(request.Model) || !ModelFile.IsOnnx(request.Output))
            {
                throw new EdgeRuntimeException($"'train' reads and writes ONNX files, and '{(ModelFile.IsOnnx(request.Model) ? request.Output : request.Model)}' is not named like one. For bundles there is 'modelpacker finetune'.", ExitCodes.Usage);
            }

            OutputFile.Require(request.Output);
            List<LabelledPicture> pictures = PictureSet.Open(parsed.GetRequiredValue(data), parsed.GetValue(labels), parsed.GetValue(limit), spread: true);
            Run(terminal, request, options, pictures, parsed.GetValue(json), parsed.GetValue(verbose), cancel);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static void Run(Terminal terminal, TrainRequest request, FinetuneOptions options, List<LabelledPicture> pictures, bool json, bool verbose, CancellationToken cancel)
    {
        List<string> warnings = [];
        FinetuneResult result = TerminalProgress.Run(terminal, verbose, progress =>
        {
            FinetuneResult made = new OnnxTrainer(request, options, progress, cancel).Run(pictures);
            warnings = progress.Warnings;
            return made;
        });
        File.Delete(options.Checkpoint!);
        (PointQuality before, PointQuality after) = (result.Before[0], result.After[0]);
        if (json)
        {
            JsonReport.Write(terminal.Out, "train", new JsonObject
            {
                ["model"] = request.Model,
                ["output"] = request.Output,
                ["best_epoch"] = result.BestEpoch,
                ["stopped"] = result.Stopped,
                ["before"] = JsonReport.Quality(before),
                ["after"] = JsonReport.Quality(after),
                ["epochs"] = JsonReport.Objects(result.History.Select(e => new JsonObject
                {
                    ["epoch"] = e.Epoch,
                    ["loss"] = JsonReport.Number(e.Loss),
                    ["top1"] = JsonReport.Number(e.Top1),
                    ["held_back_loss"] = JsonReport.Number(e.HeldBackLoss),
                    ["held_back_top1"] = JsonReport.Number(e.HeldBackTop1),
                })),
                ["warnings"] = JsonReport.Strings(warnings),
            });
            return;
        }

        terminal.Out.WriteLine($"model              {request.Output}, {Units.Bytes(new FileInfo(request.Output).Length)}");
        terminal.Out.WriteLine($"weights            {(result.BestEpoch == 0 ? "as they were: no epoch was better" : $"of epoch {result.BestEpoch}")}");
        terminal.Out.WriteLine($"measured on        {after.N} pictures held back");
        terminal.Out.WriteLine($"loss               {before.Loss:f4} before, {after.Loss:f4} after");
        terminal.Out.WriteLine($"top-1              {before.Top1:f2} % before, {after.Top1:f2} % after");
    }
}
