using System.CommandLine;
using System.Text.Json.Nodes;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using ModelPacker.Calibrate;
using ModelPacker.LowRank;
using ModelPacker.Pipeline;
using ModelPacker.Quantizing;
using ModelPacker.Report;

namespace ModelPacker.Commands;

/// <summary><c>modelpacker pack</c>: ONNX → bundle.</summary>
internal static class PackCommand
{
    private const int WorstLayers = 5;

    public static Command Create(Terminal terminal, CancellationToken cancel)
    {
        Argument<string> model = new("MODEL.onnx") { Description = "The trained network." };
        Option<string?> spec = CommonOptions.InputSpec();
        Option<string?> calibration = new("--calibration")
        {
            Description = "Folder or .tar of typical pictures (no labels needed), or 'random' where only the speed matters. Needed for int8.",
            HelpName = "DIR|TAR|random",
        };
        Option<int> limit = CommonOptions.Limit(spread: true);
        Option<string> precision = new("--precision") { Description = "Precision of the bundle.", DefaultValueFactory = _ => "int8" };
        precision.AcceptOnlyFromAmong("int8", "fp32");
        Option<string> method = new("--method") { Description = "How activation ranges are chosen (auto: what keeps the outputs nearest to fp32).", DefaultValueFactory = _ => "auto" };
        method.AcceptOnlyFromAmong(["auto", .. Enum.GetNames<CalibrationMethod>().Select(n => n.ToLowerInvariant())]);
        Option<string[]> keepFloat = new("--keep-float") { Description = "Layer that stays in fp32; may be given several times.", HelpName = "LAYER", DefaultValueFactory = _ => [] };
        Option<string> equalize = new("--equalize") { Description = "Even out channel ranges between layers (auto: if it helps).", DefaultValueFactory = _ => "auto" };
        equalize.AcceptOnlyFromAmong("auto", "on", "off");
        Option<bool> noCorrection = new("--no-bias-correction") { Description = "Leave biases as they are." };
        Option<double?> lowRank = CommonOptions.LowRank();
        Option<string?> pointsFrom = new("--points-from")
        {
            Description = "Give the bundle the operating points of another one of the same layers (or of what 'inspect --masks' wrote about it): for weights that were trained elsewhere.",
            HelpName = "TUNED.edge|MASKS.json",
        };
        Option<string?> dump = new("--dump-stage") { Description = "Write a stage as text to stdout.", HelpName = "STAGE" };
        dump.AcceptOnlyFromAmong([.. PackPipeline.Stages]);
        Option<int> threads = CommonOptions.Threads();
        Option<string> output = new("-o", "--output") { Description = "The bundle to write.", HelpName = "OUT.edge", Required = true };
        Option<bool> json = CommonOptions.Json();
        Option<bool> verbose = CommonOptions.Verbose();
        VerbCommand command = new VerbCommand("pack", "Packs an ONNX network into a bundle.",
            "modelpacker pack model.onnx --calibration pictures/ -o model.edge",
            "modelpacker pack model.onnx --calibration pictures.tar --limit 200 --keep-float conv1 -o model.edge",
            "modelpacker pack model.onnx --precision fp32 -o model.fp32.edge",
            "modelpacker pack model.onnx --calibration pictures/ --low-rank 1.5 -o thinner.edge",
            "modelpacker pack trained.onnx --calibration pictures/ --points-from tuned.edge -o better.edge",
            "modelpacker pack model.onnx --calibration random -o speed-only.edge --json")
            .With(model, spec, calibration, limit, precision, method, equalize, keepFloat, noCorrection, lowRank, pointsFrom, dump, threads, output, json, verbose);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(json) && parsed.GetValue(dump) is not null)
            {
                throw new EdgeRuntimeException("'--dump-stage' and '--json' both write to stdout. Give one of them.", ExitCodes.Usage);
            }

            PackOptions options = new()
            {
                Model = parsed.GetRequiredValue(model),
                InputSpec = parsed.GetValue(spec),
                Calibration = parsed.GetValue(calibration),
                Limit = parsed.GetValue(limit),
                Int8 = parsed.GetRequiredValue(precision) == "int8",
                Quantize = new QuantizeOptions
                {
                    Method = Enum.TryParse(parsed.GetRequiredValue(method), ignoreCase: true, out CalibrationMethod named) ? named : null,
                    Equalize = parsed.GetRequiredValue(equalize) switch { "on" => true, "off" => false, _ => null },
                    KeepFloat = parsed.GetRequiredValue(keepFloat).ToHashSet(),
                    BiasCorrection = !parsed.GetValue(noCorrection),
                },
                LowRank = parsed.GetValue(lowRank),
                PointsFrom = parsed.GetValue(pointsFrom),
                DumpStage = parsed.GetValue(dump),
                Threads = parsed.GetValue(threads),
            };
            Run(terminal, options, parsed.GetRequiredValue(output), parsed.GetValue(json), parsed.GetValue(verbose), cancel);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static void Run(Terminal terminal, PackOptions options, string path, bool json, bool verbose, CancellationToken cancel)
    {
        ModelFile.Require(options.Model);
        OutputFile.RequireBundle(path);
        if (options.PointsFrom is { } source)
        {
            ModelFile.Require(source);
        }

        List<string> warnings = [];
        PackResult result = TerminalProgress.Run(terminal, verbose, progress =>
        {
            PackResult made = new PackPipeline(options, progress, terminal.Out).Run(cancel);
            warnings = progress.Warnings;
            return made;
        });
        using Bundle bundle = result.Bundle;
        try
        {
            BundleWriter.Save(bundle, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EdgeRuntimeException($"Cannot write '{path}': {e.Message} Name another place with '-o'.", ExitCodes.Usage, e);
        }

        if (json)
        {
            WriteJson(terminal.Out, path, options, result, warnings);
        }
        else if (options.DumpStage is null)
        {
            WriteText(terminal.Out, path, result);
        }
    }

    private static void WriteJson(TextWriter output, string path, PackOptions options, PackResult result, List<string> warnings)
        => JsonReport.Write(output, "pack", new JsonObject
        {
            ["model"] = options.Model,
            ["bundle"] = path,
            ["precision"] = options.Int8 ? "int8" : "fp32",
            ["file_bytes"] = new FileInfo(path).Length,
            ["activation_bytes"] = result.ArenaBytes,
            ["peak_bytes"] = result.PeakBytes,
            ["macs"] = result.Bundle.Points[0].Figures["macs"],
            ["steps"] = result.Bundle.Steps.Length,
            ["points"] = JsonReport.Objects(result.Bundle.Points.Select(p => new JsonObject
            {
                ["name"] = p.Name,
                ["macs"] = p.Figures["macs"],
                ["peak_bytes"] = p.Figures["peak_bytes"],
                ["golden_hash"] = p.GoldenHash?.ToString("x16"),
            })),
            ["low_rank"] = JsonReport.Objects(result.Ranks.Select(r => new JsonObject
            {
                ["name"] = r.Name,
                ["outputs"] = r.Outputs,
                ["rank"] = r.Rank,
                ["kept_energy"] = JsonReport.Number(r.KeptEnergy),
            })),
            ["worst_layers"] = JsonReport.Objects(result.Layers.Take(WorstLayers).Select(l => new JsonObject
            {
                ["name"] = l.Name,
                ["kind"] = l.Kind,
                ["sqnr"] = JsonReport.Number(l.Sqnr),
            })),
            ["warnings"] = JsonReport.Strings(warnings),
        });

    private static void WriteText(TextWriter output, string path, PackResult result)
    {
        output.WriteLine($"bundle             {path}, {Units.Bytes(new FileInfo(path).Length)}");
        output.WriteLine($"activations, peak  {Units.Bytes(result.ArenaBytes)}");
        output.WriteLine($"memory, peak       {Units.Bytes(result.PeakBytes)}");
        output.WriteLine($"work               {Units.Count(result.Bundle.Points[0].Figures["macs"])} MAC in {result.Bundle.Steps.Length} steps");
        if (result.Bundle.Points.Length > 1)
        {
            output.WriteLine();
            TextTable points = new("operating points", "MAC");
            Array.ForEach(result.Bundle.Points, p => points.Add(p.Name, Units.Count(p.Figures["macs"])));
            points.Write(output);
        }

        if (result.Ranks.Count > 0)
        {
            output.WriteLine();
            TextTable ranks = new("decomposed layers", "outputs", "rank", "energy %");
            foreach (LayerRank layer in result.Ranks)
            {
                ranks.Add(layer.Name, $"{layer.Outputs}", $"{layer.Rank}", $"{100 * layer.KeptEnergy:f2}");
            }

            ranks.Write(output);
        }

        if (result.Layers.Count == 0)
        {
            return;
        }

        output.WriteLine();
        TextTable table = new("worst layers", "kind", "SQNR dB");
        foreach (LayerNoise layer in result.Layers.Take(WorstLayers))
        {
            table.Add(layer.Name, layer.Kind, layer.Sqnr.ToString("f1"));
        }

        table.Write(output);
    }
}
