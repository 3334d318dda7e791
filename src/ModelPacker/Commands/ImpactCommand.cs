using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using EdgeRuntime;
using EdgeRuntime.Images;
using ModelPacker.Data;
using ModelPacker.Pipeline;
using ModelPacker.Report;
using ModelPacker.Tune;

namespace ModelPacker.Commands;

/// <summary><c>modelpacker impact</c>: how much the sites of each layer matter, as pictures and numbers.</summary>
internal static class ImpactCommand
{
    private sealed record Request(string Model, string? Spec, string Data, string? Labels, string? Calibration, int Limit, string? Point, int Threads, string Output);

    public static Command Create(Terminal terminal, CancellationToken cancel)
    {
        Argument<string> model = new("MODEL") { Description = "The trained network (.onnx), which is packed first, or a bundle (.edge)." };
        Option<string?> spec = CommonOptions.InputSpec();
        Option<string> data = new("--data") { Description = "Folder or .tar of pictures; those without labels count as what the network takes them for.", HelpName = "DIR|TAR", Required = true };
        Option<string?> labels = new("--labels") { Description = "CSV of file,class number.", HelpName = "CSV" };
        Option<string?> calibration = new("--calibration") { Description = "Pictures for int8 ranges of an ONNX file (default: those of --data).", HelpName = "DIR|TAR" };
        Option<int> limit = CommonOptions.Limit(spread: true);
        Option<string?> point = new("--point") { Description = "Operating point of a bundle (default: dense); sites that it skips weigh nothing.", HelpName = "NAME" };
        Option<int> threads = CommonOptions.Threads();
        Option<string> output = new("-o", "--output") { Description = "Folder for the pictures and impact.json; made where it is not there.", HelpName = "DIR", Required = true };
        Option<bool> json = CommonOptions.Json();
        Option<bool> verbose = CommonOptions.Verbose();
        VerbCommand command = new VerbCommand("impact", "Draws how much each site of each layer matters for the loss.",
            "modelpacker impact model.onnx --data pictures/ -o maps/", "modelpacker impact tuned.edge --data train.tar --limit 500 --point 2x -o maps/")
            .With(model, spec, data, labels, calibration, limit, point, threads, output, json, verbose);
        command.SetAction(parsed =>
        {
            Request request = new(parsed.GetRequiredValue(model), parsed.GetValue(spec), parsed.GetRequiredValue(data), parsed.GetValue(labels), parsed.GetValue(calibration),
                parsed.GetValue(limit), parsed.GetValue(point), parsed.GetValue(threads), parsed.GetRequiredValue(output));
            Run(terminal, request, parsed.GetValue(json), parsed.GetValue(verbose), cancel);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static void Run(Terminal terminal, Request request, bool json, bool verbose, CancellationToken cancel)
    {
        ModelFile.Require(request.Model);
        MakeFolder(request.Output);
        List<LabelledPicture> pictures = PictureSet.Open(request.Data, request.Labels, request.Limit, spread: true);
        List<string> warnings = [];
        (string point, IReadOnlyList<ImpactMap> maps) = TerminalProgress.Run(terminal, verbose, progress =>
        {
            SearchableNetwork network = SearchableNetwork.Open(SearchableNetwork.Packing(request.Model, request.Spec, request.Data, request.Calibration, request.Limit, request.Threads),
                progress, terminal.Out, cancel);
            using (network.Bundle)
            {
                int index = request.Point is { } name ? network.Bundle.FindPoint(name) : 0;
                (string, IReadOnlyList<ImpactMap>) found = (network.Bundle.Points[index].Name, ImpactMap.Of(network.Bundle, request.Model, network.Section, network.Spec, index, pictures, request.Threads, progress, cancel));
                warnings = progress.Warnings;
                return found;
            }
        });

        string[] files = [.. maps.Select((m, i) => string.Create(CultureInfo.InvariantCulture, $"{i + 1:d2}-{FileName(m.Layer)}.png"))];
        JsonObject document = new()
        {
            ["model"] = request.Model,
            ["point"] = point,
            ["pictures"] = pictures.Count,
            ["layers"] = JsonReport.Objects(maps.Select((m, i) => new JsonObject
            {
                ["name"] = m.Layer,
                ["height"] = m.Height,
                ["width"] = m.Width,
                ["picture"] = files[i],
                ["weights"] = new JsonArray([.. m.Weights.Select(w => JsonReport.Number(w))]),
            })),
            ["warnings"] = JsonReport.Strings(warnings),
        };
        Write(request.Output, files, maps, document);
        if (json)
        {
            JsonReport.Write(terminal.Out, "impact", document);
            return;
        }

        TextTable table = new("layer", "height", "width", "weight of the heaviest half %", "picture");
        for (int i = 0; i < maps.Count; i++)
        {
            table.Add(maps[i].Layer, $"{maps[i].Height}", $"{maps[i].Width}", maps[i].HeaviestHalf.ToString("f1", CultureInfo.InvariantCulture), Path.Combine(request.Output, files[i]));
        }

        table.Write(terminal.Out);
    }

    private static void Write(string folder, string[] files, IReadOnlyList<ImpactMap> maps, JsonObject document)
    {
        try
        {
            Picture[] pictures = [.. maps.Select(m => ImpactPicture.Draw(m.Weights, m.Height, m.Width, s => m.Skipped[s]))];
            for (int i = 0; i < files.Length; i++)
            {
                PngWriter.Write(pictures[i], Path.Combine(folder, files[i]));
            }

            PngWriter.Write(ImpactPicture.Sheet([.. maps.Select((m, i) => (m.Layer, pictures[i]))]), Path.Combine(folder, "impact.png"));
            using StreamWriter file = new(Path.Combine(folder, "impact.json"));
            JsonReport.Write(file, "impact", document.DeepClone().AsObject());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EdgeRuntimeException($"Cannot write to '{folder}': {e.Message} Name another folder with '-o'.", ExitCodes.Usage, e);
        }
    }

    private static void MakeFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EdgeRuntimeException($"Cannot make the folder '{folder}': {e.Message} Name another with '-o'.", ExitCodes.Usage, e);
        }
    }

    // Names of layers may hold anything.
    private static string FileName(string layer)
    {
        string name = string.Concat(layer.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-')).Trim('-', '.');
        return name.Length is > 0 and <= 80 ? name : name.Length == 0 ? "layer" : name[^80..];
    }
}
