using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using EdgeRuntime.Bundles;
using ModelPacker.Graphs;
using ModelPacker.Pipeline;
using ModelPacker.Report;

namespace ModelPacker.Commands;

/// <summary><c>modelpacker inspect</c>: what is inside a bundle or an ONNX file.</summary>
internal static class InspectCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> model = new("MODEL") { Description = "A bundle (.edge), or an ONNX file, which is shown as it is understood." };
        Option<string?> spec = CommonOptions.InputSpec();
        Option<bool> masks = new("--masks") { Description = "Write the masks of a bundle's operating points as JSON: which sites are evaluated, and which of them stands for each." };
        Option<bool> json = CommonOptions.Json();
        VerbCommand command = new VerbCommand("inspect", "Shows the operating points and layers of a bundle, or the simplified graph of an ONNX file.",
            "modelpacker inspect model.edge", "modelpacker inspect model.onnx", "modelpacker inspect model.edge --json", "modelpacker inspect model.edge --masks > masks.json")
            .With(model, spec, masks, json);
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(model);
            ModelFile.Require(path);
            if (parsed.GetValue(masks))
            {
                MaskReport.Write(path, terminal.Out);
            }
            else if (ModelFile.IsOnnx(path))
            {
                ShowGraph(terminal.Out, path, ModelFile.ReadGraph(path, parsed.GetValue(spec)), parsed.GetValue(json));
            }
            else
            {
                ShowBundle(terminal.Out, path, parsed.GetValue(json));
            }

            return ExitCodes.Ok;
        });
        return command;
    }

    private static void ShowGraph(TextWriter output, string path, Graph graph, bool json)
    {
        if (!json)
        {
            GraphText.Write(graph, output);
            return;
        }

        JsonReport.Write(output, "inspect", new JsonObject
        {
            ["model"] = path,
            ["kind"] = "onnx",
            ["name"] = graph.Name,
            ["inputs"] = JsonReport.Objects(graph.Inputs.Select(ToJson)),
            ["outputs"] = JsonReport.Objects(graph.Outputs.Select(ToJson)),
            ["nodes"] = JsonReport.Objects(graph.Nodes.Select(n => new JsonObject
            {
                ["name"] = n.Name,
                ["operator"] = n.Operator.GetType().Name,
                ["inputs"] = JsonReport.Strings(n.Inputs.Select(v => v.Name)),
                ["output"] = ToJson(n.Output),
            })),
        });
    }

    private static JsonObject ToJson(Value value) => new() { ["name"] = value.Name, ["dims"] = JsonReport.Integers(value.Dims) };

    private static void ShowBundle(TextWriter output, string path, bool json)
    {
        using BundleFigures figures = new(path);
        Bundle bundle = figures.Bundle;
        if (json)
        {
            JsonReport.Write(output, "inspect", new JsonObject
            {
                ["model"] = path,
                ["kind"] = "bundle",
                ["name"] = bundle.Name,
                ["producer"] = bundle.Producer,
                ["precision"] = figures.Precision,
                ["sizes"] = figures.Sizes(),
                ["inputs"] = JsonReport.Objects(bundle.Inputs.Select(p => ToJson(bundle, p))),
                ["outputs"] = JsonReport.Objects(bundle.Outputs.Select(p => ToJson(bundle, p))),
                ["points"] = JsonReport.Objects(bundle.Points.Select((p, i) => ToJson(figures.Point(i), p))),
            });
            return;
        }

        output.WriteLine($"{bundle.Name} ({figures.Precision}, by {bundle.Producer})");
        figures.WriteSizes(output);
        Array.ForEach(bundle.Inputs, p => output.WriteLine($"input              {Describe(bundle, p)}"));
        Array.ForEach(bundle.Outputs, p => output.WriteLine($"output             {Describe(bundle, p)}"));
        for (int i = 0; i < bundle.Points.Length; i++)
        {
            output.WriteLine();
            PointSummary point = figures.Point(i);
            output.WriteLine($"point {point.Name}: {string.Join(", ", Describe(point))}");
            TextTable table = new("layer", "kind", "type", "rate %", "mask", "rows", "channels", "MAC", "SQNR dB");
            foreach (LayerSummary l in point.Layers)
            {
                table.Add(l.Name, l.Kind, l.Type, l.Rate.ToString("0.#%", CultureInfo.InvariantCulture).TrimEnd('%'), l.Mask?.Kind ?? "", $"{l.Rows}", $"{l.Channels}",
                    Units.Count(l.Macs), l.Sqnr?.ToString("f1") ?? "");
            }

            table.Write(output);
        }
    }

    private static IEnumerable<string> Describe(PointSummary point)
    {
        yield return $"{Units.Count(point.Macs)} MAC";
        if (point.SpeedUp is { } speedUp)
        {
            yield return $"speed-up {speedUp:f2}x";
        }

        if (point.PredictedMs is { } ms)
        {
            yield return $"predicted {ms:f2} ms";
        }

        yield return $"peak memory {Units.Bytes(point.PeakBytes)}";
        if (point.Loss is { } loss)
        {
            yield return $"loss {loss:f4}";
        }

        if (point.Top1 is { } top1)
        {
            yield return $"top-1 {top1:f2} %";
        }

        if (point.N is { } n)
        {
            yield return $"on {n} pictures";
        }
    }

    private static JsonObject ToJson(PointSummary point, OperatingPoint recorded) => new()
    {
        ["name"] = point.Name,
        ["macs"] = point.Macs,
        ["loss"] = JsonReport.Number(point.Loss),
        ["top1"] = JsonReport.Number(point.Top1),
        ["n"] = point.N,
        ["predicted_ms"] = JsonReport.Number(point.PredictedMs),
        ["speedup"] = JsonReport.Number(point.SpeedUp),
        ["peak_bytes"] = JsonReport.Number(point.PeakBytes),
        ["golden_hash"] = recorded.GoldenHash?.ToString("x16"),
        ["figures"] = BundleFigures.FiguresOf(recorded),
        ["input"] = JsonReport.Size(recorded.Input),
        ["layers"] = JsonReport.Objects(point.Layers.Select(BundleFigures.ToJson)),
    };

    private static JsonObject ToJson(Bundle bundle, Port port)
    {
        Map map = bundle.Maps[port.Map];
        bool int8 = map.Type == ElementType.S8;
        return new JsonObject
        {
            ["name"] = port.Name,
            ["dims"] = JsonReport.Integers(port.Dims),
            ["type"] = int8 ? "int8" : "fp32",
            ["scale"] = int8 ? map.Scale : null,
            ["zero_point"] = int8 ? map.ZeroPoint : null,
        };
    }

    private static string Describe(Bundle bundle, Port port)
    {
        Map map = bundle.Maps[port.Map];
        return $"{port.Name} [{string.Join(", ", port.Dims)}] {(map.Type == ElementType.S8 ? $"int8, scale {map.Scale:g6}, zero point {map.ZeroPoint}" : "fp32")}";
    }
}
