using System.CommandLine;
using System.Text.Json.Nodes;
using EdgeRuntime;
using EdgeRuntime.Images;
using ModelPacker.Data;
using ModelPacker.Pipeline;
using ModelPacker.Report;

namespace ModelPacker.Commands;

/// <summary><c>modelpacker report</c>: what a bundle costs and what it loses, by layer and by operating point.</summary>
internal static class ReportCommand
{
    // Some lists name a class by a dozen synonyms.
    private const int LongestName = 40;

    private sealed record Request(string Bundle, string? Html, string? Folder, string? Image, string? Images, string? Labels, int Limit, int Threads);

    public static Command Create(Terminal terminal, CancellationToken cancel)
    {
        Argument<string> bundle = new("BUNDLE") { Description = "A bundle (.edge)." };
        Option<string?> html = new("--html", "-o") { Description = "Write one HTML file: Pareto plot, rates and masks by layer, accuracy by class, noise.", HelpName = "report.html" };
        Option<string?> folder = new("--svg") { Description = "Write the Pareto plot as SVG and the masks as PNG into this folder.", HelpName = "DIR" };
        Option<string?> image = new("--image") { Description = "Picture to draw masks over (default: the first of --images, else a drawn one).", HelpName = "PICTURE" };
        Option<string?> images = new("--images") { Description = "Folder or .tar of labelled pictures to measure accuracy by class on.", HelpName = "DIR|TAR" };
        Option<string?> labels = new("--labels") { Description = "CSV of file,class number (default: labels.csv in the set, else one sub-folder per class).", HelpName = "CSV" };
        Option<int> limit = CommonOptions.Limit();
        Option<int> threads = CommonOptions.Threads();
        Option<bool> json = CommonOptions.Json();
        Option<bool> verbose = CommonOptions.Verbose();
        VerbCommand command = new VerbCommand("report",
            "Lists the layers by signal-to-quantisation-noise ratio (fp32 against int8 output, errors of earlier layers included), worst first, with sizes and memory; draws operating points and masks.",
            "modelpacker report model.edge", "modelpacker report model.edge --json", "modelpacker report model.edge -o report.html --image street.jpg",
            "modelpacker report model.edge -o report.html --images test.tar --labels test.csv --svg pictures/")
            .With(bundle, html, folder, image, images, labels, limit, threads, json, verbose);
        command.SetAction(parsed =>
        {
            Run(terminal, new Request(parsed.GetRequiredValue(bundle), parsed.GetValue(html), parsed.GetValue(folder), parsed.GetValue(image), parsed.GetValue(images),
                parsed.GetValue(labels), parsed.GetValue(limit), parsed.GetValue(threads)), parsed.GetValue(json), parsed.GetValue(verbose), cancel);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static void Run(Terminal terminal, Request request, bool json, bool verbose, CancellationToken cancel)
    {
        ModelFile.Require(request.Bundle);
        Check(request);
        using BundleFigures figures = new(request.Bundle);
        List<LayerSummary> layers = [.. figures.Layers(0).Where(l => l.Sqnr is not null).OrderBy(l => l.Sqnr)];
        List<LabelledPicture> pictures = request.Images is null ? [] : Pictures(request);
        List<ClassAccuracy> classes = pictures.Count == 0 ? [] : TerminalProgress.Run(terminal, verbose, progress =>
        {
            progress.Begin("evaluate by class", pictures.Count);
            return ClassMeter.Measure(figures.Model, SpecOf(figures, request), pictures, request.Threads, progress.Advance, cancel);
        });
        List<string> files = WriteFiles(request, figures, classes, pictures);
        if (json)
        {
            WriteJson(terminal.Out, request, figures, layers, classes, files);
        }
        else
        {
            WriteText(terminal.Out, figures, layers, classes, files);
        }
    }

    private static void Check(Request request)
    {
        if (request.Labels is not null && request.Images is null)
        {
            throw new EdgeRuntimeException("'--labels' needs the pictures that it labels. Name them with '--images'.", ExitCodes.Usage);
        }

        if (request.Html is null && request.Folder is null && request.Image is not null)
        {
            throw new EdgeRuntimeException("'--image' needs something to be drawn. Ask for '-o report.html' or '--svg DIR'.", ExitCodes.Usage);
        }

        if (request.Html is not { } html)
        {
            return;
        }

        OutputFile.Require(html);
        if (OutputFile.Same(html, request.Bundle) || OutputFile.Same(html, request.Image) || OutputFile.Same(html, request.Images) || OutputFile.Same(html, request.Labels))
        {
            throw new EdgeRuntimeException($"'{html}' is what the report is about, and would be replaced by it. Name another file with '-o', for example '{Path.ChangeExtension(html, ".html")}'.", ExitCodes.Usage);
        }
    }

    private static List<LabelledPicture> Pictures(Request request)
    {
        List<LabelledPicture> pictures = PictureSet.Open(request.Images!, request.Labels, request.Limit);
        return pictures.TrueForAll(p => p.Label >= 0) ? pictures
            : throw new EdgeRuntimeException($"'{request.Images}' has no labels, so there is no accuracy by class. Name a CSV of file,class number with '--labels'.", ExitCodes.Usage);
    }

    private static InputSpec SpecOf(BundleFigures figures, Request request)
        => ModelFile.SpecOf(figures.Bundle, request.Bundle, null) is { Task: VisionTask.Classification } spec ? spec
            : throw new EdgeRuntimeException($"'{request.Bundle}' is no classifier (or has no input specification), so there is no accuracy by class. Leave '--images' out.", ExitCodes.Usage);

    private static List<string> WriteFiles(Request request, BundleFigures figures, List<ClassAccuracy> classes, List<LabelledPicture> pictures)
    {
        if (request.Html is null && request.Folder is null)
        {
            return [];
        }

        ReportData data = new()
        {
            Name = figures.Bundle.Name,
            Producer = figures.Bundle.Producer,
            Precision = figures.Precision,
            FileBytes = figures.FileBytes,
            Points = [.. figures.Bundle.Points.Select((_, i) => figures.Point(i))],
            Search = SearchTrace.Read(request.Bundle),
            Classes = classes,
            Boards = figures.Boards(),
            Sample = request.Image is { } image ? PictureReader.Read(image) : pictures.Count > 0 ? pictures[0].Read() : SamplePicture.Draw(),
        };
        try
        {
            List<string> files = [];
            if (request.Html is { } html)
            {
                using StreamWriter output = new(html);
                HtmlReport.Write(data, output);
                files.Add(html);
            }

            return request.Folder is { } folder ? [.. files, .. ReportFiles.Write(data, folder)] : files;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EdgeRuntimeException($"Cannot write the report: {e.Message} Name another place with '-o' or '--svg'.", ExitCodes.Usage, e);
        }
    }

    private static void WriteJson(TextWriter output, Request request, BundleFigures figures, List<LayerSummary> layers, List<ClassAccuracy> classes, List<string> files)
        => JsonReport.Write(output, "report", new JsonObject
        {
            ["bundle"] = request.Bundle,
            ["precision"] = figures.Precision,
            ["sizes"] = figures.Sizes(),
            ["macs"] = figures.Macs(0),
            ["layers"] = JsonReport.Objects(layers.Select(BundleFigures.ToJson)),
            ["classes"] = JsonReport.Objects(classes.Select(c => new JsonObject
            {
                ["name"] = c.Name,
                ["n"] = c.N,
                ["top1"] = JsonReport.Objects(figures.Bundle.Points.Select((p, i) => new JsonObject { ["point"] = p.Name, ["top1"] = c.Top1(i) })),
            })),
            ["boards"] = JsonReport.Objects(figures.Boards().Select(b => new JsonObject
            {
                ["name"] = b.Board,
                ["points"] = JsonReport.Objects(figures.Bundle.Points.Select((p, i) => new JsonObject { ["point"] = p.Name, ["ms"] = b.Milliseconds[i], ["mj"] = JsonReport.Number(b.Millijoules(i)) })),
            })),
            ["files"] = JsonReport.Strings(files),
        });

    private static void WriteText(TextWriter output, BundleFigures figures, List<LayerSummary> layers, List<ClassAccuracy> classes, List<string> files)
    {
        figures.WriteSizes(output);
        output.WriteLine($"work               {Units.Count(figures.Macs(0))} MAC in {figures.Bundle.Steps.Length} steps, {figures.Precision}");
        files.ForEach(f => output.WriteLine($"written            {f}"));
        if (classes.Count > 0)
        {
            output.WriteLine();
            TextTable accuracy = new(["class", "pictures", .. figures.Bundle.Points.Select(p => p.Name + " top-1 %")]);
            foreach (ClassAccuracy c in ClassAccuracy.WorstFirst(classes, figures.Bundle.Points.Length - 1))
            {
                accuracy.Add([c.Name.Length > LongestName ? c.Name[..(LongestName - 1)] + '…' : c.Name, $"{c.N}", .. c.Hits.Select((_, i) => c.Top1(i).ToString("f1"))]);
            }

            accuracy.Write(output);
        }

        if (layers.Count == 0)
        {
            output.WriteLine("no noise was recorded (an fp32 bundle has none)");
            return;
        }

        output.WriteLine();
        TextTable table = new("layer", "kind", "type", "MAC", "SQNR dB");
        layers.ForEach(l => table.Add(l.Name, l.Kind, l.Type, Units.Count(l.Macs), l.Sqnr!.Value.ToString("f1")));
        table.Write(output);
    }
}
