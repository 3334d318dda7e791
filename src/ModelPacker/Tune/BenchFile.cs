using System.Text.Json;
using EdgeRuntime;
using EdgeRuntime.Bundles;

namespace ModelPacker.Tune;

/// <summary>Times of operating points on a board, as <c>edgert bench --point all --json</c> writes them.</summary>
internal static class BenchFile
{
    /// <summary>Median time of every point of a bundle, in milliseconds.</summary>
    /// <exception cref="EdgeRuntimeException">Not readable, or a point is missing.</exception>
    public static double[] Milliseconds(string path, Bundle bundle)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            Dictionary<string, double> times = [];
            foreach (JsonElement result in document.RootElement.GetProperty("results").EnumerateArray())
            {
                times[result.GetProperty("point").GetString()!] = result.GetProperty("median_ms").GetDouble();
            }

            return Array.ConvertAll(bundle.Points, p => times.TryGetValue(p.Name, out double ms) && ms > 0 ? ms
                : throw new EdgeRuntimeException($"'{path}' has no time of the operating point '{p.Name}'. Run 'edgert bench BUNDLE --point all --json' on the board with this very bundle.", 2));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentNullException)
        {
            throw new EdgeRuntimeException($"Cannot use the times '{path}': {e.Message} Make the file with 'edgert bench BUNDLE --point all --json > FILE' on the board.", 2, e);
        }
    }
}
