using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using ModelPacker.Data;
using ModelPacker.Perforate;
using ModelPacker.Pipeline;
using ModelPacker.Tune;

namespace ModelPacker.Commands;

/// <summary><c>modelpacker tune</c>: searches operating points and puts them into a bundle.</summary>
internal static class TuneCommand
{
    private sealed record Request(string Model, string? Spec, string Data, string? Labels, string? Calibration, double? LowRank, int Limit, string Output);

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
        Option<string> points = new("--points") { Description = "Speed-ups to make operating points for (default: 1.5x,2x,3x unless --max-loss is given).", HelpName = "1.5x,2x,3x" };
        Option<double?> maxLoss = new("--max-loss") { Description = "Make a point that loses at most so many points of top-1.", HelpName = "POINTS" };
        Option<string> mask = new("--mask") { Description = "Kind of mask (auto: whichever loses least, layer by layer).", DefaultValueFactory = _ => "auto" };
        mask.AcceptOnlyFromAmong(["auto", .. Enum.GetNames<MaskKind>().Select(n => n.ToLowerInvariant())]);
        Option<string> loss = new("--loss") { Description = "What steers the search: divergence from the dense answers (steadier), or log-loss of the labels.", DefaultValueFactory = _ => "divergence" };
        loss.AcceptOnlyFromAmong("divergence", "labels");
        Option<string> objective = new("--objective") { Description = "What the loss is weighed against.", DefaultValueFactory = _ => "time" };
        objective.AcceptOnlyFromAmong("time", "energy", "macs");
        Option<string?> board = new("--board") { Description = "Predict for a board (pi5, pi4, pi3b+, zero2w, or a profile's file) instead of this machine.", HelpName = "NAME" };
        Option<string?> timings = new("--timings") { Description = "Timings of a board: 'edgert profile MODEL.edge --json > FILE' there (default: measured on this machine).", HelpName = "FILE" };
        Option<bool> noCorrection = new("--no-correction") { Description = "Do not re-fit constants per operating point." };
        Option<bool> baselines = new("--baselines") { Description = "Also measure what there is without a search: random masks, a fractional stride, a smaller input." };
        Option<int> limit = CommonOptions.Limit(spread: true);
        Option<int> seed = new("--seed") { Description = "Seed of everything that is drawn.", HelpName = "N", DefaultValueFactory = _ => 1 };
        Option<bool> resume = new("--resume") { Description = "Go on with an interrupted search (its log lies beside the bundle)." };
        Option<int> threads = CommonOptions.Threads();
        Option<string> output = new("-o", "--output") { Description = "The bundle to write.", HelpName = "OUT.edge", Required = true };
        Option<bool> json = CommonOptions.Json();
        Option<bool> verbose = CommonOptions.Verbose();
        VerbCommand command = new VerbCommand("tune", "Searches which sites of which layers can be skipped, and makes operating points of it.",
            "modelpacker tune model.onnx --data pictures/ -o model.edge",
            "modelpacker tune model.onnx --data train.tar --labels train.csv --points 1.5x,2x,3x -o model.edge",
            "modelpacker tune model.edge --data pictures/ --max-loss 1 --timings pi4.json -o tuned.edge --resume",
            "modelpacker tune model.onnx --data pictures/ --low-rank 1.5 --points 2x -o model.edge")
            .With(model, spec, data, labels, calibration, lowRank, points, maxLoss, mask, loss, objective, board, timings, noCorrection, baselines, limit, seed, resume, threads, output, json, verbose);
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(output);
            double? most = parsed.GetValue(maxLoss);
            string speedUps = parsed.GetValue(points) ?? (most is null ? "1.5x,2x,3x" : "");
            if (most is null && SpeedUps(speedUps).Length == 0)
            {
                throw new EdgeRuntimeException("'--points' names no speed-up; give some like 1.5x,2x,3x, or a '--max-loss'.", ExitCodes.Usage);
            }

            TuneOptions options = new()
            {
                SpeedUps = SpeedUps(speedUps),
                MaxLoss = most is null or (> 0 and <= 100) ? most : throw new EdgeRuntimeException($"'--max-loss' is {most}; give a number of points above 0 and up to 100, for example 1.", ExitCodes.Usage),
                Kinds = Enum.TryParse(parsed.GetRequiredValue(mask), ignoreCase: true, out MaskKind kind) ? [kind] : Enum.GetValues<MaskKind>(),
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
            Request request = new(parsed.GetRequiredValue(model), parsed.GetValue(spec), parsed.GetRequiredValue(data), parsed.GetValue(labels), parsed.GetValue(calibration), parsed.GetValue(lowRank),
                parsed.GetValue(limit), path);
            Run(terminal, request, options, parsed.GetValue(json), parsed.GetValue(verbose), cancel);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static double[] SpeedUps(string text)
        => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(word
            => double.TryParse(word.TrimEnd('x', 'X'), NumberStyles.Float, CultureInfo.InvariantCulture, out double factor) && factor > 1 && factor <= 100 ? factor
            : throw new EdgeRuntimeException($"'--points' has '{word}'; give speed-ups above 1 like 1.5x,2x,3x.", ExitCodes.Usage)).Distinct().Order()];

    private static void Run(Terminal terminal, Request request, TuneOptions options, bool json, bool verbose, CancellationToken cancel)
    {
        ModelFile.Require(request.Model);
        ModelFile.RequireFolderOf(request.Output);

        List<LabelledPicture> pictures = PictureSet.Open(request.Data, request.Labels, request.Limit, spread: true);
        List<string> warnings = [];
        TuneResult result = TerminalProgress.Run(terminal, verbose, progress =>
        {
            (Bundle dense, PerforationSection section, InputSpec spec) = Open(request, options, progress, terminal, cancel);
            ModelVariants? variants = options.Baselines && ModelFile.IsOnnx(request.Model) ? new(PackOptionsOf(request, options), spec, progress, cancel) : null;
            TuneResult made = new Tuner(dense, section.Grids, spec, options, progress, cancel, variants).Run(pictures, Header(request, options, dense, pictures.Count));
            warnings = progress.Warnings;
            BundleWriter.Save(made.Bundle, request.Output);
            dense.Dispose();
            return made;
        });
        File.Delete(options.Log!);
        if (json)
        {
            WriteJson(terminal.Out, request, result, warnings);
        }
        else
        {
            WriteText(terminal.Out, request, result);
        }
    }

    private static (Bundle, PerforationSection, InputSpec) Open(Request request, TuneOptions options, TerminalProgress progress, Terminal terminal, CancellationToken cancel)
    {
        if (!ModelFile.IsOnnx(request.Model))
        {
            if (request.LowRank is not null)
            {
                throw new EdgeRuntimeException($"'--low-rank' decomposes fp32 weights, and '{request.Model}' is a bundle. Give the ONNX file instead.", ExitCodes.Usage);
            }

            using Bundle file = BundleReader.Open(request.Model);
            PerforationSection section = PerforationSection.Read(request.Model, file)
                ?? throw new EdgeRuntimeException($"'{request.Model}' does not say how its maps are laid out, so no masks can be made. Give the ONNX file instead.", ExitCodes.Model);

            // The search loads the network again and again, and each time its file would be closed.
            Bundle bundle = BundleReader.Read(File.ReadAllBytes(request.Model));
            return (bundle, section, ModelFile.SpecOf(bundle, request.Model, request.Spec)
                ?? throw new EdgeRuntimeException($"'{request.Model}' has no input specification, so pictures cannot be fed. Name one with '--input-spec'.", ExitCodes.Usage));
        }

        PackResult packed = new PackPipeline(PackOptionsOf(request, options), progress, terminal.Out).Run(cancel);
        Bundle dense = packed.Bundle;
        PerforationSection grids = PerforationSection.Parse(dense.Extras[0].Bytes);
        return (dense, grids, packed.Spec!);
    }

    private static PackOptions PackOptionsOf(Request request, TuneOptions options) => new()
    {
        Model = request.Model,
        InputSpec = request.Spec,
        Calibration = request.Calibration ?? request.Data,
        Limit = CalibrationLimit(request),
        LowRank = request.LowRank,
        Threads = options.Threads,
    };

    // Ranges settle after a few hundred pictures.
    private static int CalibrationLimit(Request request) => request.Calibration is null && request.Limit == 0 ? 500 : Math.Min(request.Limit, 500);

    private static string Header(Request request, TuneOptions options, Bundle dense, int pictures)
        => string.Create(CultureInfo.InvariantCulture, $"search 1 {dense.Name} {dense.Points[0].GoldenHash:x} {pictures} {Path.GetFileName(request.Data)} {string.Join(',', options.Kinds)} "
            + $"{options.Draws} {options.Loss} {options.Objective} {Path.GetFileName(options.Timings)} {options.Board} {options.Correct} {options.Seed}");

    private static void WriteJson(TextWriter output, Request request, TuneResult result, List<string> warnings)
        => JsonReport.Write(output, "tune", new JsonObject
        {
            ["model"] = request.Model,
            ["bundle"] = request.Output,
            ["labelled"] = result.Labelled,
            ["dense"] = JsonReport.Quality(result.Dense),
            ["points"] = JsonReport.Objects(result.Points.Select(p =>
            {
                JsonObject point = JsonReport.Quality(p.Quality);
                point["name"] = p.Name;
                point["speedup"] = p.SpeedUp;
                point["uncorrected"] = p.Uncorrected is null ? null : JsonReport.Quality(p.Uncorrected);
                point["layers"] = JsonReport.Objects(p.Choices.Select((c, l) => new JsonObject
                {
                    ["name"] = result.Layers[l].Name,
                    ["rate"] = 1 - Ladder.Shares[c.Rung],
                    ["mask"] = c.Rung == 0 ? null : c.Kind.ToString().ToLowerInvariant(),
                }));
                return point;
            })),
            ["baselines"] = JsonReport.Objects(result.Baselines.Select(b =>
            {
                JsonObject baseline = JsonReport.Quality(b.Quality);
                baseline["name"] = b.Name;
                baseline["kind"] = b.Kind;
                baseline["share"] = b.Share;
                baseline["size"] = b.Size;
                baseline["corrected"] = b.Corrected;
                baseline["cost"] = JsonReport.Number(b.Cost);
                baseline["macs"] = b.Macs;
                return baseline;
            })),
            ["missing_baselines"] = JsonReport.Objects(result.MissingBaselines.Select(m => new JsonObject { ["name"] = m.Name, ["kind"] = m.Kind, ["reason"] = m.Reason })),
            ["warnings"] = JsonReport.Strings(warnings),
        });

    private static void WriteText(TextWriter output, Request request, TuneResult result)
    {
        output.WriteLine($"bundle             {request.Output}, {Units.Bytes(new FileInfo(request.Output).Length)}");
        output.WriteLine($"measured on        {result.Dense.N} pictures that the search did not see, {(result.Labelled ? "by their labels" : "by the dense network's answers")}");
        output.WriteLine();
        TextTable table = new("point", "MAC", "speed-up", "loss", "top-1 %", "without correction");
        Add("dense", 0, 1, result.Dense, null);
        for (int i = 0; i < result.Points.Count; i++)
        {
            TunedPoint p = result.Points[i];
            Add(p.Name, i + 1, p.SpeedUp, p.Quality, p.Uncorrected);
        }

        table.Write(output);
        if (result.Baselines.Count > 0)
        {
            output.WriteLine();
            TextTable simple = new("baseline", "MAC", "loss", "top-1 %");
            foreach (Baseline b in result.Baselines)
            {
                simple.Add(b.Name, Units.Count(b.Macs), $"{b.Quality.Loss:f4}", b.Quality.Top1?.ToString("f2") ?? "");
            }

            simple.Write(output);
        }

        void Add(string name, int index, double speedUp, PointQuality quality, PointQuality? without)
            => table.Add(name, Units.Count(result.Bundle.Points[index].Figures["macs"]), $"{speedUp:f2}x", $"{quality.Loss:f4}", quality.Top1?.ToString("f2") ?? "",
                without is null ? "" : without.Top1?.ToString("f2") ?? $"{without.Loss:f4}");
    }
}
