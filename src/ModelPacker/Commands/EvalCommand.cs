using System.CommandLine;
using System.Text.Json.Nodes;
using EdgeRuntime;
using EdgeRuntime.Governing;
using EdgeRuntime.Images;
using ModelPacker.Data;
using ModelPacker.Evaluate;
using ModelPacker.Pipeline;

namespace ModelPacker.Commands;

/// <summary><c>modelpacker eval</c>: accuracy on pictures, and agreement with another network.</summary>
internal static class EvalCommand
{
    private sealed record Request(string Model, string Images, string? Labels, string? Spec, string Point, int Limit, string? Against, double? MinTop1, int Threads, bool Cascade);

    public static Command Create(Terminal terminal, CancellationToken cancel)
    {
        Argument<string> model = new("MODEL") { Description = "A bundle (.edge), or an ONNX file, which then runs in ONNX Runtime." };
        Option<string> images = new("--images") { Description = "Folder or .tar of pictures.", HelpName = "DIR|TAR", Required = true };
        Option<string?> labels = new("--labels")
        {
            Description = "CSV of file,class number (default: labels.csv in the set, else one sub-folder per class).",
            HelpName = "FILE",
        };
        Option<string?> spec = CommonOptions.InputSpec();
        Option<string> point = new("--point") { Description = "Operating point of the bundle.", HelpName = "POINT", DefaultValueFactory = _ => "dense" };
        Option<bool> cascade = new("--cascade") { Description = "Answer as 'edgert watch --cascade' does: a cheap point first, the next one where its margin is small." };
        Option<int> limit = CommonOptions.Limit();
        Option<string?> against = new("--against") { Description = "Another ONNX file or bundle to compare the outputs with.", HelpName = "MODEL" };
        Option<double?> minTop1 = new("--min-top1") { Description = "End with exit code 4 where top-1 is below this many per cent.", HelpName = "X" };
        Option<int> threads = CommonOptions.Threads();
        Option<bool> json = CommonOptions.Json();
        Option<bool> verbose = CommonOptions.Verbose();
        VerbCommand command = new VerbCommand("eval",
            "Measures accuracy on pictures. Bundles run on the very code that ships; top1, top5 and agreement are per cent, loss is the mean −ln of the label's probability.",
            "modelpacker eval model.edge --images test/ --labels test/labels.csv",
            "modelpacker eval model.edge --images test.tar --against model.onnx --json",
            "modelpacker eval model.edge --images test.tar --point balanced --min-top1 78.5",
            "modelpacker eval model.onnx --images test.tar")
            .With(model, images, labels, spec, point, cascade, limit, against, minTop1, threads, json, verbose);
        command.SetAction(parsed => Run(terminal, new Request(parsed.GetRequiredValue(model), parsed.GetRequiredValue(images), parsed.GetValue(labels),
            parsed.GetValue(spec), parsed.GetRequiredValue(point), parsed.GetValue(limit), parsed.GetValue(against), parsed.GetValue(minTop1),
            parsed.GetValue(threads), parsed.GetValue(cascade)), parsed.GetValue(json), parsed.GetValue(verbose), cancel));
        return command;
    }

    private static int Run(Terminal terminal, Request request, bool json, bool verbose, CancellationToken cancel)
    {
        using Network network = Network.Open(request.Model, request.Spec);
        if (network.IsOnnx && request.Point != "dense")
        {
            throw new EdgeRuntimeException($"'{request.Model}' is an ONNX file and has no operating points. Leave '--point' out.", ExitCodes.Usage);
        }

        if (request.Cascade && request.Point != "dense")
        {
            throw new EdgeRuntimeException("'--cascade' chooses the operating points by itself. Leave '--point' out.", ExitCodes.Usage);
        }

        Cascade? cascade = request.Cascade ? network.RequireCascade() : null;
        int[] asked = new int[cascade?.Stages.Length ?? 0];
        InputSpec spec = network.Spec ?? throw new EdgeRuntimeException($"'{request.Model}' has no input specification, so pictures cannot be fed. "
            + $"Name one with '--input-spec', or put it beside the ONNX file as '{Path.GetFileNameWithoutExtension(request.Model)}.json'.", ExitCodes.Usage);
        using Network? other = request.Against is null ? null : Network.Open(request.Against, request.Spec);
        List<LabelledPicture> pictures = PictureSet.Open(request.Images, request.Labels, request.Limit);
        Evaluation result = TerminalProgress.Run(terminal, verbose, progress =>
        {
            progress.Begin("evaluate", pictures.Count);
            return Evaluator.Run(() => cascade is null ? network.CreatePredictor(spec, request.Point) : network.CreatePredictor(spec, cascade, asked),
                other is null ? null : () => other.CreatePredictor(other.Spec ?? spec, "dense"),
                spec, pictures, Math.Min(request.Threads, pictures.Count), progress.Advance, cancel);
        });
        bool labelled = result.Top1Hits >= 0;
        if (request.MinTop1 is not null && !labelled)
        {
            throw new EdgeRuntimeException($"'--min-top1' needs labels for a classifier, but '{request.Images}' has none. Name a CSV of file,class number with '--labels'.", ExitCodes.Usage);
        }

        if (json)
        {
            WriteJson(terminal.Out, request, result, labelled, cascade, asked);
        }
        else
        {
            WriteText(terminal.Out, request, result, labelled, cascade, asked);
        }

        if (request.MinTop1 is { } least && result.Top1 < least)
        {
            terminal.Error.WriteLine($"error: top-1 of '{request.Model}' is {result.Top1:f2} %, below the {least:f2} % asked for with '--min-top1'. "
                + "'modelpacker report' shows the layers that lose most; keep those with '--keep-float'.");
            return ExitCodes.Gate;
        }

        return ExitCodes.Ok;
    }

    private static void WriteJson(TextWriter output, Request request, Evaluation result, bool labelled, Cascade? cascade, int[] asked)
    {
        JsonObject document = new()
        {
            ["model"] = request.Model,
            ["images"] = request.Images,
            ["point"] = request.Cascade ? "cascade" : request.Point,
            ["n"] = result.N,
            ["top1"] = JsonReport.Number(labelled ? result.Top1 : null),
            ["top5"] = JsonReport.Number(labelled ? result.Top5 : null),
            ["top1_hits"] = labelled ? result.Top1Hits : null,
            ["top5_hits"] = labelled ? result.Top5Hits : null,
            ["loss"] = JsonReport.Number(result.LogLoss),
        };
        if (cascade is not null)
        {
            document["cascade"] = JsonReport.Objects(cascade.Stages.ToArray().Select((s, i) => new JsonObject { ["point"] = s.Name, ["margin"] = s.Margin, ["asked"] = (double)asked[i] / result.N }));
        }

        if (request.Against is not null)
        {
            document["against"] = request.Against;
            document["agreement"] = JsonReport.Number(result.Agreement * 100);
            document["cosine"] = JsonReport.Number(result.Cosine);
            document["mean_abs_difference"] = JsonReport.Number(result.MeanDifference);
            document["max_relative_difference"] = JsonReport.Number(result.MaxRelativeDifference);
        }

        JsonReport.Write(output, "eval", document);
    }

    private static void WriteText(TextWriter output, Request request, Evaluation result, bool labelled, Cascade? cascade, int[] asked)
    {
        output.WriteLine($"pictures         {result.N}");
        if (labelled)
        {
            output.WriteLine($"top-1            {result.Top1:f2} % ({result.Top1Hits})");
            output.WriteLine($"top-5            {result.Top5:f2} % ({result.Top5Hits})");
            output.WriteLine($"loss             {result.LogLoss:f4}");
        }

        for (int i = 0; i < asked.Length; i++)
        {
            output.WriteLine($"{(i == 0 ? "asked" : ""),-17}{cascade!.Stages[i].Name}: {100.0 * asked[i] / result.N:f1} %{(cascade.Stages[i].Margin > 0 ? $", goes on below {cascade.Stages[i].Margin:f3}" : "")}");
        }

        if (request.Against is not null)
        {
            output.WriteLine($"compared with    {request.Against}");
            if (result.Agreement is { } share)
            {
                output.WriteLine($"same first class {share * 100:f2} %");
            }

            output.WriteLine($"cosine           {result.Cosine:f5}");
            output.WriteLine($"mean |a − b|     {result.MeanDifference:g4}");
            output.WriteLine($"max |a − b|      {result.MaxRelativeDifference:g4} of the largest output");
        }
    }
}
