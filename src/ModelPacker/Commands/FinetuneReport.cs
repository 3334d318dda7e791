using System.Text.Json.Nodes;
using ModelPacker.Finetune;
using ModelPacker.Tune;

namespace ModelPacker.Commands;

/// <summary>Tells how a training went.</summary>
/// <param name="Result">What it made.</param>
/// <param name="Points">The points that were trained.</param>
internal sealed record FinetuneReport(FinetuneResult Result, IReadOnlyList<int> Points)
{
    /// <summary>The members of the JSON document that speak of the training.</summary>
    public JsonObject ToJson() => new()
    {
        ["labelled"] = Result.Labelled,
        ["distilled"] = Result.Distilled,
        ["teacher"] = Result.Teacher,
        ["best_epoch"] = Result.BestEpoch,
        ["stopped"] = Result.Stopped,
        ["points"] = JsonReport.Objects(Result.Bundle.Points.Select((p, i) => new JsonObject
        {
            ["name"] = p.Name,
            ["trained"] = Points.Contains(i),
            ["before"] = JsonReport.Quality(Result.Before[i]),
            ["after"] = JsonReport.Quality(Result.After[i]),
        })),
        ["epochs"] = JsonReport.Objects(Result.History.Select(e => new JsonObject
        {
            ["epoch"] = e.Epoch,
            ["loss"] = JsonReport.Number(e.Loss),
            ["top1"] = JsonReport.Number(e.Top1),
            ["held_back_loss"] = JsonReport.Number(e.HeldBackLoss),
            ["held_back_top1"] = JsonReport.Number(e.HeldBackTop1),
        })),
    };

    private string Taught() => (Result.Teacher, Result.Distilled) switch
    {
        (null, false) => "labels",
        (null, true) => "the dense point's answers",
        ({ } other, false) => $"labels, and the answers of {other}",
        ({ } other, true) => $"the answers of {other}",
    };

    /// <summary>The same in words.</summary>
    public void WriteText(TextWriter output)
    {
        output.WriteLine($"taught             {Taught()}");
        output.WriteLine($"weights            {(Result.BestEpoch == 0 ? "as they were: no epoch was better" : $"of epoch {Result.BestEpoch}")}");
        output.WriteLine($"measured on        {Result.After[0].N} pictures held back, {(Result.Labelled ? "by their labels" : Result.Teacher is { } other ? $"by the answers of {other}" : "by the dense answers of before")}");
        output.WriteLine();
        TextTable table = new("point", "loss before", "after", "top-1 % before", "after");
        for (int i = 0; i < Result.After.Count; i++)
        {
            (PointQuality before, PointQuality after) = (Result.Before[i], Result.After[i]);
            table.Add(Result.Bundle.Points[i].Name, $"{before.Loss:f4}", $"{after.Loss:f4}", before.Top1?.ToString("f2") ?? "", after.Top1?.ToString("f2") ?? "");
        }

        table.Write(output);
    }
}
