using System.Text.Json.Nodes;
using ModelPacker.Tune;

namespace ModelPacker.Commands;

/// <summary>Tells what a search found, as the JSON document that <c>tune --json</c> writes, and in words from the very document.</summary>
internal static class TuneReport
{
    /// <summary>The members that speak of the search.</summary>
    public static JsonObject ToJson(TuneResult result) => new()
    {
        ["labelled"] = result.Labelled,
        ["dense"] = Point(result, 0, result.Dense),
        ["points"] = JsonReport.Objects(result.Points.Select((p, i) =>
        {
            JsonObject point = Point(result, i + 1, p.Quality);
            point["name"] = p.Name;
            point["uncorrected"] = p.Uncorrected is null ? null : JsonReport.Quality(p.Uncorrected);
            point["input"] = JsonReport.Size(result.Bundle.Points[i + 1].Input);
            point["layers"] = JsonReport.Objects(p.Layers.Select(l => new JsonObject { ["name"] = l.Name, ["rate"] = l.Rate, ["mask"] = l.Mask }));
            return point;
        })),
        ["tried"] = JsonReport.Objects(result.Tried.Select(t =>
        {
            JsonObject trained = JsonReport.Quality(t.Trained);
            return new JsonObject
            {
                ["point"] = t.Point,
                ["input"] = JsonReport.Size(t.Input),
                ["cost"] = JsonReport.Number(t.Cost),
                ["found"] = new JsonObject { ["loss"] = JsonReport.Number(t.Found.Loss), ["top1"] = t.Found.Top1 },
                ["trained"] = trained,
                ["chosen"] = t.Chosen,
            };
        })),
        ["baselines"] = JsonReport.Objects(result.Baselines.Select(b =>
        {
            JsonObject baseline = JsonReport.Quality(b.Quality);
            baseline["name"] = b.Name;
            baseline["kind"] = b.Kind;
            baseline["share"] = b.Share;
            baseline["size"] = b.Size;
            baseline["corrected"] = b.Corrected;
            baseline["cost"] = JsonReport.Number(b.Cost);
            baseline["macs"] = b.Macs;
            return baseline;
        })),
        ["missing_baselines"] = JsonReport.Objects(result.MissingBaselines.Select(m => new JsonObject { ["name"] = m.Name, ["kind"] = m.Kind, ["reason"] = m.Reason })),
    };

    /// <summary>The same in words.</summary>
    /// <param name="report">What <see cref="ToJson"/> made, perhaps read from a file.</param>
    /// <param name="output">Where to.</param>
    public static void WriteText(JsonObject report, TextWriter output)
    {
        JsonNode dense = report["dense"]!;
        output.WriteLine($"measured on        {dense["n"]} pictures that the search did not see, {(report["labelled"]!.GetValue<bool>() ? "by their labels" : "by the dense network's answers")}");
        output.WriteLine();
        TextTable table = new("point", "MAC", "speed-up", "loss", "top-1 %", "without correction", "picture");
        table.Add("dense", Macs(dense), $"{dense["speedup"]?.GetValue<double>() ?? 1:f2}x", Loss(dense), Top1(dense), "", "");
        foreach (JsonNode point in report["points"]!.AsArray().OfType<JsonNode>())
        {
            JsonNode? without = point["uncorrected"];
            table.Add(point["name"]!.GetValue<string>(), Macs(point), $"{point["speedup"]!.GetValue<double>():f2}x", Loss(point), Top1(point),
                without is null ? "" : without["top1"] is null ? Loss(without) : Top1(without), Picture(point));
        }

        table.Write(output);
        if (report["tried"]!.AsArray() is { Count: > 0 } tried)
        {
            output.WriteLine();
            TextTable ways = new("tried for", "picture", "found: loss", "top-1 %", "trained: loss", "top-1 %", "");
            foreach (JsonNode t in tried.OfType<JsonNode>())
            {
                ways.Add(t["point"]!.GetValue<string>(), Picture(t) is { Length: > 0 } smaller ? smaller : "full", Loss(t["found"]!), Top1(t["found"]!), Loss(t["trained"]!), Top1(t["trained"]!),
                    t["chosen"]!.GetValue<bool>() ? "chosen" : "");
            }

            ways.Write(output);
        }

        if (report["baselines"]!.AsArray() is { Count: > 0 } baselines)
        {
            output.WriteLine();
            TextTable simple = new("baseline", "MAC", "loss", "top-1 %");
            foreach (JsonNode b in baselines.OfType<JsonNode>())
            {
                simple.Add(b["name"]!.GetValue<string>(), Macs(b), Loss(b), Top1(b));
            }

            simple.Write(output);
        }
    }

    private static JsonObject Point(TuneResult result, int index, PointQuality quality)
    {
        JsonObject point = JsonReport.Quality(quality);
        point["macs"] = result.Bundle.Points[index].Figures["macs"];
        point["speedup"] = result.Bundle.Points[index].Figures["speedup"];
        return point;
    }

    private static string Picture(JsonNode point) => point["input"] is { } size ? $"{size["width"]}x{size["height"]}" : "";

    private static string Macs(JsonNode point) => Units.Count(point["macs"]!.GetValue<double>());

    private static string Loss(JsonNode quality) => quality["loss"]?.GetValue<double>().ToString("f4") ?? "";

    private static string Top1(JsonNode quality) => quality["top1"]?.GetValue<double>().ToString("f2") ?? "";
}
