using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using ModelPacker.Pipeline;
using ModelPacker.Tune;

namespace ModelPacker.Commands;

/// <summary><c>modelpacker baseline</c>: the network made smaller without perforation, to be measured and trained like a perforated one.</summary>
internal static class BaselineCommand
{
    private const string SmallerInput = "smaller-input";
    private const string FractionalStride = "fractional-stride";

    public static Command Create(Terminal terminal, CancellationToken cancel)
    {
        Argument<string> model = new("MODEL.onnx") { Description = "The trained network." };
        Option<string> kind = new("--kind") { Description = "A smaller picture, or a first k×k layer that computes a grid of its sites, with all other layers on the smaller map.", Required = true };
        kind.AcceptOnlyFromAmong(SmallerInput, FractionalStride);
        Option<double> share = new("--share") { Description = "Share of each side of the picture, or of the sites, that is left.", HelpName = "X", Required = true };
        Option<string?> spec = CommonOptions.InputSpec();
        Option<string> calibration = new("--calibration") { Description = "Folder or .tar of typical pictures (no labels needed).", HelpName = "DIR|TAR", Required = true };
        Option<int> limit = CommonOptions.Limit(spread: true);
        Option<int> seed = new("--seed") { Description = "Seed of the grid's shift.", HelpName = "N", DefaultValueFactory = _ => 1 };
        Option<int> threads = CommonOptions.Threads();
        Option<string> output = new("-o", "--output") { Description = "The bundle to write.", HelpName = "OUT.edge", Required = true };
        Option<bool> json = CommonOptions.Json();
        Option<bool> verbose = CommonOptions.Verbose();
        VerbCommand command = new VerbCommand("baseline", "Makes the network smaller without perforation: what a perforated network has to be better than.",
            "modelpacker baseline model.onnx --kind smaller-input --share 0.75 --calibration pictures/ -o small.edge",
            "modelpacker baseline model.onnx --kind fractional-stride --share 0.5 --calibration pictures/ -o strided.edge",
            "modelpacker finetune small.edge --data train/ --epochs 10 -o small-trained.edge")
            .With(model, kind, share, spec, calibration, limit, seed, threads, output, json, verbose);
        command.SetAction(parsed =>
        {
            double left = parsed.GetValue(share);
            if (left is not (> 0 and < 1))
            {
                throw new EdgeRuntimeException(string.Create(CultureInfo.InvariantCulture, $"'--share' is {left}; give a number between 0 and 1, for example 0.75."), ExitCodes.Usage);
            }

            PackOptions options = new()
            {
                Model = parsed.GetRequiredValue(model),
                InputSpec = parsed.GetValue(spec),
                Calibration = parsed.GetRequiredValue(calibration),
                Limit = parsed.GetValue(limit),
                Threads = parsed.GetValue(threads),
            };
            Run(terminal, options, parsed.GetRequiredValue(kind), left, parsed.GetValue(seed), parsed.GetRequiredValue(output), parsed.GetValue(json), parsed.GetValue(verbose), cancel);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static void Run(Terminal terminal, PackOptions options, string kind, double share, int seed, string path, bool json, bool verbose, CancellationToken cancel)
    {
        ModelFile.Require(options.Model);
        OutputFile.RequireBundle(path);
        if (!ModelFile.IsOnnx(options.Model))
        {
            throw new EdgeRuntimeException($"'{options.Model}' is a bundle; other sizes of a network are made from its ONNX file.", ExitCodes.Usage);
        }

        InputSpec spec = ModelFile.FindSpec(options.Model, options.InputSpec)
            ?? throw new EdgeRuntimeException($"'{options.Model}' has no input specification. Name one with '--input-spec'.", ExitCodes.Usage);
        ModelVariant variant = TerminalProgress.Run(terminal, verbose, progress =>
        {
            ModelVariants variants = new(options, spec, progress, cancel);
            return kind == SmallerInput ? variants.Smaller(share) : variants.Strided(share, seed);
        });
        using Bundle bundle = variant.Bundle;
        BundleWriter.Save(bundle, path);
        double macs = bundle.Macs(bundle.Points[variant.Point]);
        string point = bundle.Points[variant.Point].Name;
        if (json)
        {
            JsonReport.Write(terminal.Out, "baseline", new JsonObject
            {
                ["model"] = options.Model,
                ["bundle"] = path,
                ["kind"] = kind,
                ["point"] = point,
                ["width"] = variant.Spec.Width,
                ["height"] = variant.Spec.Height,
                ["share"] = variant.Share,
                ["macs"] = macs,
            });
            return;
        }

        terminal.Out.WriteLine($"bundle           {path}, {Units.Bytes(new FileInfo(path).Length)}");
        terminal.Out.WriteLine($"picture          {variant.Spec.Width}×{variant.Spec.Height}");
        terminal.Out.WriteLine($"operating point  {point}, {Units.Count(macs)} multiplications, {100 * variant.Share:f0} % of the {(kind == SmallerInput ? "pixels" : "sites of the first k×k layer")}");
    }
}
