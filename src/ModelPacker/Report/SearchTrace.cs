using System.Text.Json;
using EdgeRuntime.Bundles;
using MessagePack;

namespace ModelPacker.Report;

/// <summary>The section <c>search</c> of a bundle: the way that the search took, and what it was compared with.</summary>
/// <param name="Unit">Unit of costs: <c>mac</c> or <c>ms</c>.</param>
/// <param name="Path">Networks from dense to cheap; the first is dense.</param>
/// <param name="Baselines">Other ways, if any were measured.</param>
public sealed record SearchTrace(string Unit, IReadOnlyList<SearchState> Path, IReadOnlyList<Baseline> Baselines)
{
    /// <summary>Name of the section.</summary>
    public const string Name = "search";

    /// <summary>Reads it from a bundle file.</summary>
    /// <returns>The section, or null if the file has none.</returns>
    /// <exception cref="BundleException">It is damaged.</exception>
    public static SearchTrace? Read(string path)
    {
        if (BundleReader.ReadExtra(path, Name) is not { } bytes)
        {
            return null;
        }

        try
        {
            return Parse(bytes);
        }
        catch (Exception e) when (e is MessagePackSerializationException or EndOfStreamException or OverflowException or JsonException or InvalidOperationException
            or KeyNotFoundException or FormatException)
        {
            throw new BundleException($"The section '{Name}' of '{path}' is damaged. Run 'modelpacker tune' again.", e);
        }
    }

    /// <summary>Reads the bytes of the section: one MessagePack binary that holds UTF-8 JSON.</summary>
    public static SearchTrace Parse(byte[] bytes)
    {
        MessagePackReader reader = new(bytes);
        byte[] json = reader.ReadBytes() is { } sequence ? System.Buffers.BuffersExtensions.ToArray(sequence) : [];
        using JsonDocument document = JsonDocument.Parse(json);
        JsonElement root = document.RootElement;
        return new SearchTrace(
            root.GetProperty("unit").GetString() ?? "",
            [.. root.GetProperty("path").EnumerateArray().Select(s => new SearchState(s.GetProperty("cost").GetDouble(), s.GetProperty("loss").GetDouble(), Number(s, "top1")))],
            root.TryGetProperty("baselines", out JsonElement list)
                ? [.. list.EnumerateArray().Select(b => new Baseline(Text(b, "name"), Text(b, "kind"), Number(b, "cost"), Number(b, "macs"), Number(b, "loss"), Number(b, "top1")))]
                : []);
    }

    private static double? Number(JsonElement element, string name)
        => element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static string Text(JsonElement element, string name)
        => element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
