using System.CommandLine;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json.Nodes;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using ModelPacker.Data;
using ModelPacker.Finetune;
using ModelPacker.Perforate;
using ModelPacker.Pipeline;
using ModelPacker.Report;
using ModelPacker.Tune;

namespace ModelPacker.Commands;

/// <summary><c>modelpacker finetune</c>: trains the weights of a bundle further.</summary>
internal static class FinetuneCommand
{
    private static readonly string[] Carried = [PerforationSection.Name, SearchTrace.Name];

    private sealed record Request(string Model, string? Spec, string Data, string? Labels, int Limit, string? Point, bool Joint, string Output);

    public static Command Create(Terminal terminal, CancellationToken cancel)
    {
        FinetuneOptions defaults = new() { Points = [0] };
        Argument<string> model = new("IN.edge") { Description = "The bundle, as 'pack' or 'tune' made it." };
        Option<string?> spec = CommonOptions.InputSpec();
        Option<string> data = new("--data")
        {
            Description = "Folder or .tar of pictures to train with; one in ten is held back to judge by. Without labels the dense point's answers are taught.",
            HelpName = "DIR|TAR",
            Required = true,
        };
        Option<string?> labels = new("--labels") { Description = "CSV of file,class number (default: labels.csv in the set, else one sub-folder per class).", HelpName = "CSV" };
        Option<int> epochs = CommonOptions.AtLeast(new("--epochs") { Description = "Passes over the pictures.", HelpName = "E", DefaultValueFactory = _ => defaults.Epochs }, 1, 10000);
        Option<string?> point = new("--point") { Description = "Train for one operating point; the others share its weights and are measured, not trained.", HelpName = "NAME" };
        Option<bool> joint = new("--joint") { Description = "Train for all operating points, one drawn for every batch (the default where there are several)." };
        Option<bool> distill = new("--distill") { Description = "Teach the dense point's answers even where pictures have labels." };
        Option<float> rate = new("--learning-rate") { Description = "Learning rate of the first batch; it falls to zero along a cosine.", HelpName = "X", DefaultValueFactory = _ => defaults.LearningRate };
        Option<int> batch = CommonOptions.AtLeast(new("--batch") { Description = "Pictures of a batch.", HelpName = "N", DefaultValueFactory = _ => defaults.Batch }, 1, 4096);
        Option<bool> noFlip = new("--no-flip") { Description = "Show no mirrored pictures (for classes that differ by left and right)." };
        Option<int> limit = CommonOptions.Limit(spread: true);
        Option<int> seed = new("--seed") { Description = "Seed of everything that is drawn.", HelpName = "N", DefaultValueFactory = _ => defaults.Seed };
        Option<bool> resume = new("--resume") { Description = "Go on with an interrupted training (its checkpoint lies beside the bundle)." };
        Option<int> threads = CommonOptions.Threads();
        Option<string> output = new("-o", "--output") { Description = "The bundle to write.", HelpName = "OUT.edge", Required = true };
        Option<bool> json = CommonOptions.Json();
        Option<bool> verbose = CommonOptions.Verbose();
        VerbCommand command = new VerbCommand("finetune", "Trains a bundle's weights further, so that operating points lose less.",
            "modelpacker finetune tuned.edge --data pictures/ -o better.edge",
            "modelpacker finetune tuned.edge --data train.tar --labels train.csv --epochs 5 --point 2x -o better.edge",
            "modelpacker finetune tuned.edge --data unlabelled/ --joint --distill -o better.edge --resume")
            .With(model, spec, data, labels, epochs, point, joint, distill, rate, batch, noFlip, limit, seed, resume, threads, output, json, verbose);
        command.SetAction(parsed =>
        {
            Request request = new(parsed.GetRequiredValue(model), parsed.GetValue(spec), parsed.GetRequiredValue(data), parsed.GetValue(labels), parsed.GetValue(limit),
                parsed.GetValue(point), parsed.GetValue(joint), parsed.GetRequiredValue(output));
            float first = parsed.GetValue(rate);
            FinetuneOptions options = new()
            {
                Points = [],
                Epochs = parsed.GetValue(epochs),
                Distill = parsed.GetValue(distill),
                LearningRate = first is > 0 and <= 100 ? first
                    : throw new EdgeRuntimeException(string.Create(CultureInfo.InvariantCulture, $"'--learning-rate' is {first}; give a number above 0, for example {defaults.LearningRate}."), ExitCodes.Usage),
                Batch = parsed.GetValue(batch),
                Flip = !parsed.GetValue(noFlip),
                Seed = parsed.GetValue(seed),
                Resume = parsed.GetValue(resume),
                Checkpoint = request.Output + ".finetune",
                Threads = parsed.GetValue(threads),
            };
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

        if (request.Joint && request.Point is not null)
        {
            throw new EdgeRuntimeException("'--point' trains one operating point and '--joint' all of them. Give one of the two.", ExitCodes.Usage);
        }

        ModelFile.RequireFolderOf(request.Output);
        byte[] file = File.ReadAllBytes(request.Model);
        using Bundle bundle = BundleReader.Read(file);
        options = options with { Points = request.Point is { } name ? [bundle.FindPoint(name)] : [.. Enumerable.Range(0, bundle.Points.Length)] };
        InputSpec spec = ModelFile.SpecOf(bundle, request.Model, request.Spec)
            ?? throw new EdgeRuntimeException($"'{request.Model}' has no input specification, so pictures cannot be fed. Name one with '--input-spec'.", ExitCodes.Usage);
        BundleExtra[] extras = [.. Carried.Select(n => (Name: n, Bytes: BundleReader.ReadExtra(request.Model, n))).Where(e => e.Bytes is not null).Select(e => new BundleExtra(e.Name, e.Bytes!))];
        List<LabelledPicture> pictures = PictureSet.Open(request.Data, request.Labels, request.Limit, spread: true);
        List<string> warnings = [];
        FinetuneResult result = TerminalProgress.Run(terminal, verbose, progress =>
        {
            FinetuneResult made = new Finetuner(bundle, extras, spec, options, progress, cancel).Run(pictures, Header(file, pictures, options));
            if (made.Stopped is { } reason)
            {
                progress.Warn(reason);
            }

            warnings = progress.Warnings;
            BundleWriter.Save(made.Bundle, request.Output);
            return made;
        });
        File.Delete(options.Checkpoint!);
        if (json)
        {
            WriteJson(terminal.Out, request, options, result, warnings);
        }
        else
        {
            WriteText(terminal.Out, request, result);
        }
    }

    // Threads and '--resume' may differ.
    private static string Header(byte[] file, List<LabelledPicture> pictures, FinetuneOptions o)
    {
        XxHash64 names = new();
        foreach (LabelledPicture picture in pictures)
        {
            names.Append(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{picture.Name}\n{picture.Label}\n")));
        }

        return string.Create(CultureInfo.InvariantCulture, $"{XxHash64.HashToUInt64(file):x} {pictures.Count} {names.GetCurrentHashAsUInt64():x} {string.Join(',', o.Points)} {o.Epochs} "
            + $"{o.Distill} {o.LearningRate:R} {o.Batch} {o.Flip} {o.Seed} {o.Momentum:R} {o.WeightDecay:R} {o.MostNorm:R}");
    }

    private static void WriteJson(TextWriter output, Request request, FinetuneOptions options, FinetuneResult result, List<string> warnings)
        => JsonReport.Write(output, "finetune", new JsonObject
        {
            ["model"] = request.Model,
            ["bundle"] = request.Output,
            ["labelled"] = result.Labelled,
            ["distilled"] = result.Distilled,
            ["best_epoch"] = result.BestEpoch,
            ["stopped"] = result.Stopped,
            ["points"] = JsonReport.Objects(result.Bundle.Points.Select((p, i) => new JsonObject
            {
                ["name"] = p.Name,
                ["trained"] = options.Points.Contains(i),
                ["before"] = JsonReport.Quality(result.Before[i]),
                ["after"] = JsonReport.Quality(result.After[i]),
            })),
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

    private static void WriteText(TextWriter output, Request request, FinetuneResult result)
    {
        output.WriteLine($"bundle             {request.Output}, {Units.Bytes(new FileInfo(request.Output).Length)}");
        output.WriteLine($"taught             {(result.Distilled ? "the dense point's answers" : "labels")}");
        output.WriteLine($"weights            {(result.BestEpoch == 0 ? "as they were: no epoch was better" : $"of epoch {result.BestEpoch}")}");
        output.WriteLine($"measured on        {result.After[0].N} pictures held back, {(result.Labelled ? "by their labels" : "by the dense answers of before")}");
        output.WriteLine();
        TextTable table = new("point", "loss before", "after", "top-1 % before", "after");
        for (int i = 0; i < result.After.Count; i++)
        {
            (PointQuality before, PointQuality after) = (result.Before[i], result.After[i]);
            table.Add(result.Bundle.Points[i].Name, $"{before.Loss:f4}", $"{after.Loss:f4}", before.Top1?.ToString("f2") ?? "", after.Top1?.ToString("f2") ?? "");
        }

        table.Write(output);
    }
}
