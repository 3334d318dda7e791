using System.CommandLine;
using System.Text.Json.Nodes;
using ModelPacker.Pipeline;

namespace ModelPacker.Commands;

/// <summary><c>modelpacker report</c>: what quantisation cost, layer by layer, worst first.</summary>
internal static class ReportCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> bundle = new("BUNDLE") { Description = "A bundle (.edge)." };
        Option<bool> json = CommonOptions.Json();
        VerbCommand command = new VerbCommand("report",
            "Lists the layers by signal-to-quantisation-noise ratio (fp32 against int8 output, errors of earlier layers included), worst first, with sizes and memory.",
            "modelpacker report model.edge", "modelpacker report model.edge --json").With(bundle, json);
        command.SetAction(parsed =>
        {
            Run(terminal, parsed.GetRequiredValue(bundle), parsed.GetValue(json));
            return ExitCodes.Ok;
        });
        return command;
    }

    private static void Run(Terminal terminal, string path, bool json)
    {
        ModelFile.Require(path);
        using BundleFigures figures = new(path);
        List<BundleFigures.Layer> layers = [.. figures.Layers(0).Where(l => l.Sqnr is not null).OrderBy(l => l.Sqnr)];
        if (json)
        {
            JsonReport.Write(terminal.Out, "report", new JsonObject
            {
                ["bundle"] = path,
                ["precision"] = figures.Precision,
                ["sizes"] = figures.Sizes(),
                ["macs"] = figures.Macs(0),
                ["layers"] = JsonReport.Objects(layers.Select(BundleFigures.ToJson)),
            });
            return;
        }

        figures.WriteSizes(terminal.Out);
        terminal.Out.WriteLine($"work               {Units.Count(figures.Macs(0))} MAC in {figures.Bundle.Steps.Length} steps, {figures.Precision}");
        if (layers.Count == 0)
        {
            terminal.Out.WriteLine("no noise was recorded (an fp32 bundle has none)");
            return;
        }

        terminal.Out.WriteLine();
        TextTable table = new("layer", "kind", "type", "MAC", "SQNR dB");
        layers.ForEach(l => table.Add(l.Name, l.Kind, l.Type, Units.Count(l.Macs), l.Sqnr!.Value.ToString("f1")));
        table.Write(terminal.Out);
    }
}
