using System.Text.Json;
using EdgeRuntime;
using EdgeRuntime.Bundles;

namespace ModelPacker.Tune;

/// <summary>Timings of a board, as <c>edgert profile --json</c> writes them.</summary>
internal static class TimingFile
{
    /// <summary>Reads the file; steps are taken to cost in proportion to their rows.</summary>
    /// <exception cref="EdgeRuntimeException">Not readable, or made with another network.</exception>
    public static CostModel Read(string path, Bundle bundle)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement[] steps = [.. document.RootElement.GetProperty("steps").EnumerateArray()];
            if (steps.Length != bundle.Steps.Length || steps.Where((s, i) => s.GetProperty("name").GetString() != bundle.Steps[i].Name).Any())
            {
                throw new EdgeRuntimeException($"'{path}' holds timings of another network. Run 'edgert profile --json' on the board with the bundle that 'modelpacker pack' "
                    + "makes of this model, with the same options.", 2);
            }

            return new CostModel("ms", [.. steps.Select(s => new[] { (s.GetProperty("rows").GetInt32(), s.GetProperty("median_ms").GetDouble()) })]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new EdgeRuntimeException($"Cannot use the timings '{path}': {e.Message} Make the file with 'edgert profile MODEL.edge --json > FILE' on the board.", 2, e);
        }
    }
}
