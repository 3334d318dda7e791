using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using MessagePack;
using ModelPacker.Report;

namespace ModelPacker.Commands;

/// <summary>A section of the bundle that lies between search and training: what search it is of, and what it had to report. The trained bundle does not have it.</summary>
internal static class SearchNote
{
    private const string Name = "tune";

    /// <summary>The section.</summary>
    /// <param name="identity">What the search depends on.</param>
    /// <param name="report">Its report.</param>
    public static BundleExtra ToExtra(string identity, JsonObject report)
        => new(Name, JsonSection.Write(Encoding.UTF8.GetBytes(new JsonObject { ["identity"] = identity, ["report"] = report.DeepClone() }.ToJsonString())));

    /// <summary>The report in a bundle.</summary>
    /// <param name="path">The bundle.</param>
    /// <param name="identity">What the search must have depended on.</param>
    /// <returns>The report, or null where there is no bundle yet.</returns>
    /// <exception cref="EdgeRuntimeException">It is damaged or of another search.</exception>
    public static JsonObject? Read(string path, string identity)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            if (BundleReader.ReadExtra(path, Name) is { } bytes && JsonNode.Parse(JsonSection.Read(bytes)) is { } note && note["report"] is JsonObject report)
            {
                return (string?)note["identity"] == identity ? report : throw new EdgeRuntimeException(
                    $"'{path}' belongs to a search with other options or data. Repeat the command of that search, or leave '--resume' out to start anew.", ExitCodes.Usage);
            }
        }
        catch (Exception e) when (e is BundleException or MessagePackSerializationException or EndOfStreamException or JsonException or InvalidOperationException)
        {
            throw new EdgeRuntimeException($"Cannot go on from '{path}': {e.Message} Leave '--resume' out to start anew.", ExitCodes.Usage, e);
        }

        throw new EdgeRuntimeException($"'{path}' was not left there by an interrupted 'tune'. Leave '--resume' out to start anew, or name another output with '-o'.", ExitCodes.Usage);
    }
}
