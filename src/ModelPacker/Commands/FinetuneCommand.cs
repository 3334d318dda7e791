using System.CommandLine;
using System.Text.Json.Nodes;
using EdgeRuntime;
using ModelPacker.Data;
using ModelPacker.Finetune;
using ModelPacker.Pipeline;

namespace ModelPacker.Commands;

/// <summary><c>modelpacker finetune</c>: trains the weights of a bundle further.</summary>
internal static class FinetuneCommand
{
    private sealed record Request(string Model, string? Spec, string Data, string? Labels, int Limit, string? Point, bool Joint, string? Teacher, string Output);

    public static Command Create(Terminal terminal, CancellationToken cancel)
    {
        Argument<string> model = new("IN.edge") { Description = "The bundle, as 'pack' or 'tune' made it." };
        Option<string?> spec = CommonOptions.InputSpec();
        Option<string> data = new("--data")
        {
            Description = "Folder or .tar of pictures to train with; one in ten is held back to judge by. Without labels the dense point's answers are taught.",
            HelpName = "DIR|TAR",
            Required = true,
        };
        Option<string?> labels = new("--labels") { Description = "CSV of file,class number (default: labels.csv in the set, else one sub-folder per class).", HelpName = "CSV" };
        Option<string?> point = new("--point") { Description = "Train for one operating point; the others share its weights and are measured, not trained.", HelpName = "NAME" };
        TrainingArguments training = new();
        Option<bool> normalize = new("--batch-norm") { Description = "Normalise what layers answer over the pictures of a batch while they learn, and fold that into the weights; for one '--point'." };
        Option<string?> teacher = new("--teacher") { Description = "A bundle of a network for the same pictures and classes: its dense point's answers are taught, half and half with the labels; with '--distill', or without labels, alone.", HelpName = "BUNDLE" };
        Option<int> limit = CommonOptions.Limit(spread: true);
        Option<int> seed = new("--seed") { Description = "Seed of everything that is drawn.", HelpName = "N", DefaultValueFactory = _ => 1 };
        Option<bool> resume = new("--resume") { Description = "Go on with an interrupted training (its checkpoint lies beside the bundle)." };
        Option<int> threads = CommonOptions.Threads();
        Option<string> output = new("-o", "--output") { Description = "The bundle to write.", HelpName = "OUT.edge", Required = true };
        Option<bool> json = CommonOptions.Json();
        Option<bool> verbose = CommonOptions.Verbose();
        VerbCommand command = new VerbCommand("finetune", "Trains a bundle's weights further, so that operating points lose less.",
            "modelpacker finetune tuned.edge --data pictures/ -o better.edge",
            "modelpacker finetune tuned.edge --data train.tar --labels train.csv --epochs 5 --point 2x -o better.edge",
            "modelpacker finetune tuned.edge --data train.tar --epochs 10 --point 2x --batch-norm --optimizer adam --learning-rate 0.003 -o better.edge",
            "modelpacker finetune tuned.edge --data unlabelled/ --joint --distill -o better.edge --resume")
            .With([model, spec, data, labels, point, .. training.All, teacher, normalize, limit, seed, resume, threads, output, json, verbose]);
        command.SetAction(parsed =>
        {
            Request request = new(parsed.GetRequiredValue(model), parsed.GetValue(spec), parsed.GetRequiredValue(data), parsed.GetValue(labels), parsed.GetValue(limit),
                parsed.GetValue(point), parsed.GetValue(training.Joint), parsed.GetValue(teacher), parsed.GetRequiredValue(output));
            FinetuneOptions options = training.Read(parsed, request.Output, parsed.GetValue(seed), parsed.GetValue(resume), parsed.GetValue(threads));
            options = options with { Normalize = parsed.GetValue(normalize), KeepAnswers = true };
            Run(terminal, request, options, parsed.GetValue(json), parsed.GetValue(verbose), cancel);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static void Run(Terminal terminal, Request request, FinetuneOptions options, bool json, bool verbose, CancellationToken cancel)
    {
        ModelFile.Require(request.Model);
        if (ModelFile.IsOnnx(request.Model))
        {
            throw new EdgeRuntimeException($"'{request.Model}' is an ONNX file; 'finetune' trains bundles. Make one first, with 'modelpacker tune' or 'modelpacker pack'.", ExitCodes.Usage);
        }

        if (request.Point is not null && (request.Joint || options.EveryPoint))
        {
            throw new EdgeRuntimeException($"'--point' trains one operating point and '{(request.Joint ? "--joint" : "--every-point")}' all of them. Give one of the two.", ExitCodes.Usage);
        }

        if (options.Normalize)
        {
            TrainingArguments.RequireCompany(options, "--batch-norm", "do without");
        }

        if (request.Teacher is { } other)
        {
            ModelFile.Require(other);
            if (ModelFile.IsOnnx(other))
            {
                throw new EdgeRuntimeException($"'{other}' is an ONNX file; a teacher is a bundle. Make one first, with 'modelpacker pack'.", ExitCodes.Usage);
            }

            if (OutputFile.Same(other, request.Output))
            {
                throw new EdgeRuntimeException($"'{other}' teaches and would be replaced by what it taught. Name another file with '-o'.", ExitCodes.Usage);
            }
        }

        OutputFile.RequireBundle(request.Output);
        List<LabelledPicture> pictures = PictureSet.Open(request.Data, request.Labels, request.Limit, spread: true);
        List<string> warnings = [];
        FinetuneReport report = TerminalProgress.Run(terminal, verbose, progress =>
        {
            FinetuneReport made = new FinetuneJob(request.Model, request.Spec, request.Point, pictures, request.Teacher, request.Output).Run(options, progress, cancel);
            warnings = progress.Warnings;
            return made;
        });
        File.Delete(options.Checkpoint!);
        if (json)
        {
            JsonObject document = new() { ["model"] = request.Model, ["bundle"] = request.Output };
            JsonReport.Append(document, report.ToJson());
            document["warnings"] = JsonReport.Strings(warnings);
            JsonReport.Write(terminal.Out, "finetune", document);
        }
        else
        {
            terminal.Out.WriteLine($"bundle             {request.Output}, {Units.Bytes(new FileInfo(request.Output).Length)}");
            report.WriteText(terminal.Out);
        }
    }
}
