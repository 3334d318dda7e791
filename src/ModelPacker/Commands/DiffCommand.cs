using System.CommandLine;
using System.Text.Json.Nodes;
using EdgeRuntime.Bundles;
using ModelPacker.Pipeline;
using ModelPacker.Report;

namespace ModelPacker.Commands;

/// <summary><c>modelpacker diff</c>: what differs between two bundles.</summary>
internal static class DiffCommand
{
    private sealed record Change(string What, string A, string B);

    public static Command Create(Terminal terminal)
    {
        Argument<string> a = new("A.edge") { Description = "A bundle." };
        Argument<string> b = new("B.edge") { Description = "Another one." };
        Option<bool> json = CommonOptions.Json();
        VerbCommand command = new VerbCommand("diff", "Shows what differs between two bundles: layers, precision, sizes, operating points and their figures.",
            "modelpacker diff old.edge new.edge", "modelpacker diff old.edge new.edge --json").With(a, b, json);
        command.SetAction(parsed =>
        {
            Run(terminal, parsed.GetRequiredValue(a), parsed.GetRequiredValue(b), parsed.GetValue(json));
            return ExitCodes.Ok;
        });
        return command;
    }

    private static void Run(Terminal terminal, string pathA, string pathB, bool json)
    {
        ModelFile.Require(pathA);
        ModelFile.Require(pathB);
        using BundleFigures a = new(pathA);
        using BundleFigures b = new(pathB);
        List<Change> changes = [.. Sizes(a, b), .. Steps(a, b), .. Points(a, b)];
        bool sameBytes = a.FileBytes == b.FileBytes && File.ReadAllBytes(pathA).AsSpan().SequenceEqual(File.ReadAllBytes(pathB));
        if (!sameBytes && changes.Count == 0)
        {
            changes.Add(new Change("constants", "", "(weights, tables or names differ)"));
        }

        if (json)
        {
            JsonReport.Write(terminal.Out, "diff", new JsonObject
            {
                ["a"] = pathA,
                ["b"] = pathB,
                ["identical"] = sameBytes,
                ["changes"] = JsonReport.Objects(changes.Select(c => new JsonObject { ["what"] = c.What, ["a"] = c.A, ["b"] = c.B })),
            });
            return;
        }

        if (sameBytes)
        {
            terminal.Out.WriteLine("identical");
            return;
        }

        TextTable table = new("what", "a", "b");
        changes.ForEach(c => table.Add(c.What, c.A, c.B));
        table.Write(terminal.Out);
    }

    private static IEnumerable<Change> Sizes(BundleFigures a, BundleFigures b)
    {
        (string Name, string A, string B)[] rows =
        [
            ("precision", a.Precision, b.Precision),
            ("file", Units.Bytes(a.FileBytes), Units.Bytes(b.FileBytes)),
            ("weights", Units.Bytes(a.WeightBytes), Units.Bytes(b.WeightBytes)),
            ("tables", Units.Bytes(a.TableBytes), Units.Bytes(b.TableBytes)),
            ("activations, peak", Units.Bytes(a.ArenaBytes), Units.Bytes(b.ArenaBytes)),
            ("memory, peak", Units.Bytes(a.PeakBytes), Units.Bytes(b.PeakBytes)),
            ("steps", $"{a.Bundle.Steps.Length}", $"{b.Bundle.Steps.Length}"),
        ];
        return rows.Where(r => r.A != r.B).Select(r => new Change(r.Name, r.A, r.B));
    }

    private static IEnumerable<Change> Steps(BundleFigures a, BundleFigures b)
    {
        Dictionary<string, string> left = Describe(a);
        Dictionary<string, string> right = Describe(b);
        return left.Keys.Union(right.Keys)
            .Select(k => new Change($"step {k}", left.GetValueOrDefault(k, "none"), right.GetValueOrDefault(k, "none")))
            .Where(c => c.A != c.B);
    }

    private static Dictionary<string, string> Describe(BundleFigures figures)
    {
        Dictionary<string, string> steps = [];
        foreach (LayerSummary layer in figures.Layers(0))
        {
            steps[layer.Name] = $"{layer.Kind} {layer.Type} {layer.Rows}×{layer.Channels}";
        }

        return steps;
    }

    private static IEnumerable<Change> Points(BundleFigures a, BundleFigures b)
    {
        foreach (string name in a.Bundle.Points.Concat(b.Bundle.Points).Select(p => p.Name).Distinct())
        {
            OperatingPoint? left = Array.Find(a.Bundle.Points, p => p.Name == name);
            OperatingPoint? right = Array.Find(b.Bundle.Points, p => p.Name == name);
            if (left is null || right is null)
            {
                yield return new Change($"point {name}", left is null ? "none" : "present", right is null ? "none" : "present");
                continue;
            }

            foreach (string figure in left.Figures.Keys.Union(right.Figures.Keys))
            {
                string x = left.Figures.TryGetValue(figure, out double l) ? l.ToString("g6") : "none";
                string y = right.Figures.TryGetValue(figure, out double r) ? r.ToString("g6") : "none";
                if (x != y)
                {
                    yield return new Change($"{name}: {figure}", x, y);
                }
            }
        }
    }
}
