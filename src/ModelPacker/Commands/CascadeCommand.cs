using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using ModelPacker.Data;
using ModelPacker.Pipeline;
using ModelPacker.Tune;

namespace ModelPacker.Commands;

/// <summary><c>modelpacker cascade</c>: finds the margins below which a cheap point's answer is asked for again.</summary>
internal static class CascadeCommand
{
    // One picture in so many is held back to judge by.
    private const int HeldBack = 3;

    private sealed record Request(string Model, string? Spec, string Data, string? Labels, int Limit, string? Times, double MaxLoss, int Threads, string Output);

    // What a way of answering does on the pictures held back.
    private sealed record Figures(double Cost, double Top1);

    public static Command Create(Terminal terminal, CancellationToken cancel)
    {
        Argument<string> model = new("IN.edge") { Description = "A bundle with operating points, as 'tune' makes it." };
        Option<string?> spec = CommonOptions.InputSpec();
        Option<string> data = new("--data") { Description = "Folder or .tar of a thousand or more pictures, labelled or not; one in three is held back to judge by.", HelpName = "DIR|TAR", Required = true };
        Option<string?> labels = new("--labels") { Description = "CSV of file,class number (default: labels.csv in the set, else one sub-folder per class).", HelpName = "CSV" };
        Option<string?> times = new("--times")
        {
            Description = "What 'edgert bench IN.edge --point all --json' printed on the board: what each point costs (default: predicted times, else multiplications).",
            HelpName = "FILE",
        };
        Option<double> loss = new("--max-loss") { Description = "Points of top-1 that the cascade may lose against the dearest point.", HelpName = "POINTS", DefaultValueFactory = _ => 0.5 };
        Option<int> limit = CommonOptions.Limit(spread: true);
        Option<int> threads = CommonOptions.Threads();
        Option<string> output = new("-o", "--output") { Description = "The bundle to write: the same, with margins.", HelpName = "OUT.edge", Required = true };
        Option<bool> json = CommonOptions.Json();
        Option<bool> verbose = CommonOptions.Verbose();
        VerbCommand command = new VerbCommand("cascade", "Finds margins for 'edgert watch --cascade': a cheap point answers, and a better one only where the cheap one is in doubt.",
            "modelpacker cascade tuned.edge --data pictures/ -o tuned.edge",
            "modelpacker cascade tuned.edge --data test.tar --times pi4-bench.json --max-loss 1 -o cascade.edge",
            "modelpacker eval cascade.edge --images test.tar --cascade")
            .With(model, spec, data, labels, times, loss, limit, threads, output, json, verbose);
        command.SetAction(parsed =>
        {
            double most = parsed.GetValue(loss);
            Request request = new(parsed.GetRequiredValue(model), parsed.GetValue(spec), parsed.GetRequiredValue(data), parsed.GetValue(labels), parsed.GetValue(limit), parsed.GetValue(times),
                most is >= 0 and <= 100 ? most : throw new EdgeRuntimeException(string.Create(CultureInfo.InvariantCulture, $"'--max-loss' is {most}; give a number of points from 0 to 100, for example 0.5."), ExitCodes.Usage),
                parsed.GetValue(threads), parsed.GetRequiredValue(output));
            Run(terminal, request, parsed.GetValue(json), parsed.GetValue(verbose), cancel);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static void Run(Terminal terminal, Request request, bool json, bool verbose, CancellationToken cancel)
    {
        ModelFile.Require(request.Model);
        OutputFile.RequireBundle(request.Output);
        if (ModelFile.IsOnnx(request.Model))
        {
            throw new EdgeRuntimeException($"'{request.Model}' is an ONNX file; a cascade needs operating points. Make a bundle with some first: 'modelpacker tune'.", ExitCodes.Usage);
        }

        using Bundle bundle = BundleReader.Read(File.ReadAllBytes(request.Model));
        InputSpec spec = ModelFile.SpecOf(bundle, request.Model, request.Spec)
            ?? throw new EdgeRuntimeException($"'{request.Model}' has no input specification, so pictures cannot be fed. Name one with '--input-spec'.", ExitCodes.Usage);
        if (bundle.Points.Length < 2 || spec.Task != VisionTask.Classification)
        {
            throw new EdgeRuntimeException(spec.Task != VisionTask.Classification ? $"'{request.Model}' is no classifier; margins are those of classes."
                : $"'{request.Model}' has one operating point; a cascade needs a cheap one beside it. Make some with 'modelpacker tune'.", ExitCodes.Model);
        }

        List<LabelledPicture> pictures = PictureSet.Open(request.Data, request.Labels, request.Limit, spread: true);
        if (pictures.Count < 2 * HeldBack)
        {
            throw new EdgeRuntimeException($"{pictures.Count} pictures are too few to find margins with and hold some back. Give a thousand or more.", ExitCodes.Usage);
        }

        (string unit, double[] costs) = Costs(bundle, request.Times);
        PointAnswers answers = TerminalProgress.Run(terminal, verbose, progress =>
        {
            progress.Begin("ask all points", pictures.Count);
            return PointAnswers.Ask(bundle, spec, pictures, request.Threads, progress.Advance, cancel);
        });
        PointAnswers seen = answers.Where(i => i % HeldBack != HeldBack - 1);
        PointAnswers held = answers.Where(i => i % HeldBack == HeldBack - 1);
        CascadeCalibration? found = CascadeCalibrator.Calibrate(costs, seen.Margins, seen.Right, request.MaxLoss / 100);
        CascadeCalibration.Clear(bundle.Points);
        found?.Apply(bundle.Points);
        bundle.Extras = [.. BundleSections.Carried(request.Model)];
        BundleWriter.Save(bundle, request.Output);
        Write(terminal.Out, request, bundle, found, held, costs, unit, pictures.TrueForAll(p => p.Label >= 0), json);
    }

    private static (string Unit, double[] Costs) Costs(Bundle bundle, string? file)
    {
        if (file is not null)
        {
            double[] measured = BenchFile.Milliseconds(file, bundle);
            for (int p = 0; p < measured.Length; p++)
            {
                // The runtime orders stages and plans with what is predicted.
                bundle.Points[p].Figures["predicted_ms"] = measured[p];
            }

            return ("ms", measured);
        }

        return Array.TrueForAll(bundle.Points, p => p.Figures.ContainsKey("predicted_ms")) ? ("ms", Array.ConvertAll(bundle.Points, p => p.Figures["predicted_ms"]))
            : ("mac", Array.ConvertAll(bundle.Points, bundle.Macs));
    }

    private static void Write(TextWriter output, Request request, Bundle bundle, CascadeCalibration? found, PointAnswers held, double[] costs, string unit, bool labelled, bool json)
    {
        int best = Array.IndexOf(costs, costs.Max());
        Figures dearest = new(costs[best], Share(held.Right[best]));
        Figures? cascade = found is null ? null : Try(found, held, costs);
        Figures? single = found is null ? null : new(found.SingleCost, Share(held.Right[found.SinglePoint]));
        string Cost(Figures figures) => unit == "ms" ? string.Create(CultureInfo.InvariantCulture, $"{figures.Cost:f3}") : Units.Count(figures.Cost);
        string Name(int point) => bundle.Points[point].Name;
        if (json)
        {
            JsonReport.Write(output, "cascade", new JsonObject
            {
                ["model"] = request.Model,
                ["bundle"] = request.Output,
                ["n"] = held.Right[0].Length,
                ["labelled"] = labelled,
                ["unit"] = unit,
                ["stages"] = found is null ? null : JsonReport.Objects(found.Stages.Select(s => new JsonObject { ["point"] = Name(s.Point), ["margin"] = s.Margin, ["goes_on"] = s.RepeatShare })),
                ["cascade"] = Json(cascade),
                ["dearest"] = Json(dearest),
                ["single_point"] = found is null ? null : Name(found.SinglePoint),
                ["single"] = Json(single),
            });
            return;
        }

        output.WriteLine($"bundle        {request.Output}");
        output.WriteLine($"measured on   {held.Right[0].Length} pictures that were not used to find margins, {(labelled ? "by their labels" : "by the dense point's answers")}");
        output.WriteLine();
        if (cascade is null || single is null)
        {
            output.WriteLine("No cascade costs less than the cheapest single point that is as good; the bundle has none. More pictures, or a larger '--max-loss', may find one.");
            return;
        }

        TextTable table = new("", $"{unit} a picture", "top-1 %");
        table.Add($"dearest point, {Name(best)}", Cost(dearest), $"{dearest.Top1:f2}");
        table.Add($"best single point, {Name(found!.SinglePoint)}", Cost(single), $"{single.Top1:f2}");
        table.Add("cascade " + string.Join(" → ", found.Stages.Select(s => s.Margin > 0 ? $"{Name(s.Point)} (below {s.Margin:f3})" : Name(s.Point))), Cost(cascade), $"{cascade.Top1:f2}");
        table.Write(output);
        output.WriteLine();
        output.WriteLine($"The cascade costs {single.Cost / cascade.Cost:f2} times less than the best single point.");
    }

    private static Figures Try(CascadeCalibration found, PointAnswers held, double[] costs)
    {
        (double cost, double accuracy) = found.On(held, costs);
        return new Figures(cost, 100 * accuracy);
    }

    private static JsonObject? Json(Figures? figures) => figures is null ? null : new JsonObject { ["cost"] = figures.Cost, ["top1"] = figures.Top1 };

    private static double Share(bool[] right) => 100.0 * right.Count(r => r) / right.Length;
}
