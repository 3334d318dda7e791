using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConformanceRunner;

/// <summary>Tables of verdicts per operator.</summary>
internal static class Summary
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static int Count(IEnumerable<Verdict> verdicts, Outcome outcome) => verdicts.Count(v => v.Outcome == outcome);

    public static void WriteJson(TextWriter output, List<Verdict> verdicts)
        => output.WriteLine(JsonSerializer.Serialize(new
        {
            schema = "conformance",
            version = 1,
            passed = Count(verdicts, Outcome.Passed),
            constant = Count(verdicts, Outcome.Constant),
            refused = Count(verdicts, Outcome.Refused),
            failed = Count(verdicts, Outcome.Failed),
            cases = verdicts,
        }, Options));

    public static void WriteText(TextWriter output, List<Verdict> verdicts)
    {
        foreach (Verdict verdict in verdicts.Where(v => v.Outcome != Outcome.Passed).OrderBy(v => v.Outcome))
        {
            output.WriteLine($"{verdict.Outcome.ToString().ToLowerInvariant(),-8} {verdict.Case}: {verdict.Reason}");
        }

        output.WriteLine();
        output.WriteLine($"{"operator",-36} passed  constant  refused  failed");
        foreach (IGrouping<string, Verdict> group in Groups(verdicts))
        {
            output.WriteLine($"{group.Key,-36} {Count(group, Outcome.Passed),6}  {Count(group, Outcome.Constant),8}  {Count(group, Outcome.Refused),7}  {Count(group, Outcome.Failed),6}");
        }

        output.WriteLine($"{"all",-36} {Count(verdicts, Outcome.Passed),6}  {Count(verdicts, Outcome.Constant),8}  {Count(verdicts, Outcome.Refused),7}  {Count(verdicts, Outcome.Failed),6}");
    }

    public static void WriteMarkdown(string path, string source, List<Verdict> verdicts)
    {
        using StreamWriter output = new(path);
        output.WriteLine("# Operator conformance");
        output.WriteLine();
        output.WriteLine($"Made by `tools/conformance {source} --markdown docs/conformance.md`.");
        output.WriteLine();
        output.WriteLine("Every case goes all the way: import, simplify, lower, an fp32 bundle written and read back, a session; its outputs are compared with the");
        output.WriteLine("stored ones (relative 1e-3, absolute 1e-5; int8 and uint8 outputs within one quantisation step). First all data inputs stay open until run time;");
        output.WriteLine("where that is refused, all but the first are taken as weights; then all of them.");
        output.WriteLine();
        output.WriteLine("* **passed**: right answers from inputs fed at run time");
        output.WriteLine("* **constant**: right answers, but only where every input is known when packing (shape arithmetic, integer data)");
        output.WriteLine("* **refused**: packing ends with a message that says why");
        output.WriteLine("* **failed**: a wrong answer, a crash, or no end in time");
        output.WriteLine();
        output.WriteLine("| operator | passed | constant | refused | failed | why not passed |");
        output.WriteLine("|---|---:|---:|---:|---:|---|");
        foreach (IGrouping<string, Verdict> group in Groups(verdicts))
        {
            string reasons = string.Join("<br>", group.Where(v => v.Outcome != Outcome.Passed).Select(v => Clean(v.Reason)).GroupBy(r => r)
                .Select(r => r.Count() > 1 ? $"{r.Key} ({r.Count()})" : r.Key));
            output.WriteLine($"| {group.Key} | {Count(group, Outcome.Passed)} | {Count(group, Outcome.Constant)} | {Count(group, Outcome.Refused)} | {Count(group, Outcome.Failed)} | {reasons} |");
        }

        output.WriteLine($"| **all** | {Count(verdicts, Outcome.Passed)} | {Count(verdicts, Outcome.Constant)} | {Count(verdicts, Outcome.Refused)} | {Count(verdicts, Outcome.Failed)} | |");
    }

    private static IOrderedEnumerable<IGrouping<string, Verdict>> Groups(List<Verdict> verdicts)
        => verdicts.GroupBy(v => v.Operator).OrderBy(g => g.Key.Contains(' ')).ThenBy(g => g.Key, StringComparer.OrdinalIgnoreCase);

    private static string Clean(string reason) => reason.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
