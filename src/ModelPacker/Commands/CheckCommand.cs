using System.CommandLine;
using System.Text.Json.Nodes;
using ModelPacker.Graphs;
using ModelPacker.Import;
using ModelPacker.Lower;
using ModelPacker.Pipeline;

namespace ModelPacker.Commands;

/// <summary><c>modelpacker check</c>: whether a network can be packed, and if not, everything that is in the way.</summary>
internal static class CheckCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> model = new("MODEL.onnx") { Description = "The trained network." };
        Option<string?> spec = CommonOptions.InputSpec();
        Option<bool> json = CommonOptions.Json();
        VerbCommand command = new VerbCommand("check", "Says whether a network can be packed, or lists all nodes that are in the way.",
            "modelpacker check model.onnx", "modelpacker check model.onnx --json").With(model, spec, json);
        command.SetAction(parsed => Run(terminal, parsed.GetRequiredValue(model), parsed.GetValue(spec), parsed.GetValue(json)));
        return command;
    }

    private static int Run(Terminal terminal, string path, string? spec, bool json)
    {
        LoweredModel model;
        Graph graph;
        try
        {
            graph = ModelFile.ReadGraph(path, spec);
            model = Lowering.Lower(graph);
        }
        catch (ModelException e) when (json)
        {
            WriteFailure(terminal.Out, path, e);
            throw;
        }

        if (json)
        {
            JsonReport.Write(terminal.Out, "check", new JsonObject
            {
                ["model"] = path,
                ["ok"] = true,
                ["nodes"] = graph.Nodes.Count,
                ["steps"] = model.Steps.Count,
                ["inputs"] = Ports(graph.Inputs),
                ["outputs"] = Ports(graph.Outputs),
                ["unsupported"] = new JsonArray(),
            });
        }
        else
        {
            terminal.Out.WriteLine($"ok: {path}, {graph.Nodes.Count} nodes in {model.Steps.Count} steps");
            graph.Inputs.ForEach(v => terminal.Out.WriteLine($"  input  {v}"));
            graph.Outputs.ForEach(v => terminal.Out.WriteLine($"  output {v}"));
        }

        return ExitCodes.Ok;
    }

    private static JsonArray Ports(IEnumerable<Value> values)
        => JsonReport.Objects(values.Select(v => new JsonObject { ["name"] = v.Name, ["dims"] = JsonReport.Integers(v.Dims) }));

    private static void WriteFailure(TextWriter output, string path, ModelException e)
    {
        IReadOnlyList<UnsupportedNode> nodes = e is UnsupportedModelException unsupported ? unsupported.Nodes : [];
        JsonReport.Write(output, "check", new JsonObject
        {
            ["model"] = path,
            ["ok"] = false,
            ["error"] = e.Message,
            ["unsupported"] = JsonReport.Objects(nodes.Select(n => new JsonObject
            {
                ["name"] = n.Name,
                ["operator"] = n.QualifiedOperator,
                ["inputs"] = n.Inputs,
                ["reason"] = n.Reason,
                ["advice"] = n.Advice,
            })),
        });
    }
}
