using System.CommandLine;
using System.Text.Json.Nodes;
using ModelPacker.Import.Onnx;

namespace ModelPacker.Commands;

/// <summary><c>modelpacker list-ops</c>: the ONNX operators that can be packed.</summary>
internal static class ListOpsCommand
{
    public static Command Create(Terminal terminal)
    {
        Option<bool> json = CommonOptions.Json();
        VerbCommand command = new VerbCommand("list-ops", "Lists the ONNX operators that can be packed, with their opsets and limits.",
            "modelpacker list-ops", "modelpacker list-ops --json").With(json);
        command.SetAction(parsed =>
        {
            Run(terminal, parsed.GetValue(json));
            return ExitCodes.Ok;
        });
        return command;
    }

    private static void Run(Terminal terminal, bool json)
    {
        (string Name, IOnnxOperator Operator)[] all = [.. OnnxOperators.All.SelectMany(op => op.Names.Select(n => (n, op)))];
        if (json)
        {
            JsonReport.Write(terminal.Out, "list-ops", new JsonObject
            {
                ["operators"] = JsonReport.Objects(all.Select(e => new JsonObject
                {
                    ["name"] = e.Name,
                    ["domain"] = e.Operator.Domain,
                    ["supported"] = e.Operator.Supported,
                    ["min_opset"] = e.Operator.MinimumOpset,
                    ["max_opset"] = e.Operator.Domain.Length == 0 ? OnnxOperators.NewestOpset : null,
                    ["note"] = e.Operator.Note,
                })),
            });
            return;
        }

        TextTable table = new("operator", "opset", "limits");
        foreach ((string name, IOnnxOperator op) in all)
        {
            string opsets = op.Domain.Length == 0 ? $"{op.MinimumOpset}–{OnnxOperators.NewestOpset}" : $"{op.MinimumOpset}–";
            table.Add(op.Domain.Length == 0 ? name : $"{op.Domain}.{name}", op.Supported ? opsets : "refused", op.Note);
        }

        table.Write(terminal.Out);
    }
}
