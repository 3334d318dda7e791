using System.Globalization;
using System.Text.Json;

namespace BenchRunner;

/// <summary>Writes results.</summary>
internal static class Report
{
    private static readonly string[] Engines = ["edge-int8", "edge-fp32", "ort-fp32", "ort-int8"];
    private static readonly (string Name, string Peer, string Ours)[] Ratios =
    [
        ("int8_vs_ort_fp32", "ort-fp32", "edge-int8"),
        ("fp32_vs_ort_fp32", "ort-fp32", "edge-fp32"),
        ("int8_vs_ort_int8", "ort-int8", "edge-int8"),
    ];

    /// <summary>A table: medians in milliseconds, and ratios with those of the least times in brackets.</summary>
    public static void WriteMarkdown(TextWriter output, List<ModelResult> results)
    {
        output.WriteLine("| model | MMAC | int8 ms | fp32 ms | ORT fp32 ms | ORT int8 ms | int8 : ORT fp32 | fp32 : ORT fp32 | int8 : ORT int8 |");
        output.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|---:|");
        foreach (ModelResult result in results)
        {
            IEnumerable<string> times = Engines.Select(e => Milliseconds(result.Median(e)));
            IEnumerable<string> ratios = Ratios.Select(r => result.Ratio(r.Peer, r.Ours) is { } ratio
                ? Text($"{ratio:f2} ({result.LeastRatio(r.Peer, r.Ours):f2})")
                : "–");
            output.WriteLine(Text($"| {result.Name} | {result.Macs / 1e6:f1} | {string.Join(" | ", times.Concat(ratios))} |"));
        }
    }

    /// <summary>The same figures as JSON.</summary>
    public static void WriteJson(Stream output, List<ModelResult> results, Options options)
    {
        using Utf8JsonWriter writer = new(output, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteString("schema", "edgeruntime.bench");
        writer.WriteNumber("version", 1);
        writer.WriteNumber("threads", options.Threads);
        writer.WriteStartArray("models");
        foreach (ModelResult result in results)
        {
            writer.WriteStartObject();
            writer.WriteString("model", result.Name);
            writer.WriteNumber("macs", result.Macs);
            writer.WriteNumber("rounds", result.Turns.First().Value.Count);
            foreach (string engine in Engines.Where(result.Turns.ContainsKey))
            {
                writer.WriteStartObject(engine);
                writer.WriteNumber("median_ms", Rounded(result.Median(engine)));
                writer.WriteNumber("min_ms", Rounded(result.Least(engine)));
                writer.WriteEndObject();
            }

            foreach ((string name, string peer, string ours) in Ratios.Where(r => result.Turns.ContainsKey(r.Peer) && result.Turns.ContainsKey(r.Ours)))
            {
                writer.WriteStartObject(name);
                writer.WriteNumber("median", Rounded(result.Ratio(peer, ours)));
                writer.WriteNumber("min", Rounded(result.LeastRatio(peer, ours)));
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        output.WriteByte((byte)'\n');
    }

    private static double Rounded(double? value) => Math.Round(value!.Value, 4);

    private static string Milliseconds(double? value) => value is null ? "–" : Text($"{value.Value.ToString(value < 1 ? "f3" : "f2", CultureInfo.InvariantCulture)}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
