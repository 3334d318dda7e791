using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeRuntime.Bundles;
using ModelPacker.Tune;

namespace ModelPacker.Commands;

/// <summary>The JSON documents of <c>--json</c>: one object with <c>schema</c> and <c>version</c> in front.</summary>
internal static class JsonReport
{
    private const int Version = 1;

    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a document.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="verb">Names the schema: <c>modelpacker.VERB</c>.</param>
    /// <param name="members">The rest of the document.</param>
    public static void Write(TextWriter output, string verb, JsonObject members)
    {
        JsonObject document = new() { ["schema"] = "modelpacker." + verb, ["version"] = Version };
        Append(document, members);
        output.WriteLine(document.ToJsonString(Options));
    }

    /// <summary>Moves members to the end of another object.</summary>
    public static void Append(JsonObject document, JsonObject members)
    {
        foreach ((string name, JsonNode? value) in members.ToArray())
        {
            members.Remove(name);
            document[name] = value;
        }
    }

    /// <summary>A number, or null where there is none (JSON knows no NaN).</summary>
    public static JsonNode? Number(double? value) => value is { } v && double.IsFinite(v) ? JsonValue.Create(v) : null;

    /// <summary>Size of the picture that a point takes; null: that of the dense point.</summary>
    public static JsonObject? Size(InputSize? size) => size is { } s ? new() { ["height"] = s.Height, ["width"] = s.Width } : null;

    /// <summary>How good a point is.</summary>
    public static JsonObject Quality(PointQuality quality) => new() { ["loss"] = Number(quality.Loss), ["top1"] = Number(quality.Top1), ["n"] = quality.N };

    /// <summary>An array of strings.</summary>
    public static JsonArray Strings(IEnumerable<string> values) => [.. values.Select(v => (JsonNode?)JsonValue.Create(v))];

    /// <summary>An array of integers.</summary>
    public static JsonArray Integers(IEnumerable<int> values) => [.. values.Select(v => (JsonNode?)JsonValue.Create(v))];

    /// <summary>An array of objects.</summary>
    public static JsonArray Objects(IEnumerable<JsonObject> values) => [.. values];
}
