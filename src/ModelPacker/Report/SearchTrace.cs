using System.Text.Json;
using EdgeRuntime.Bundles;
using MessagePack;

namespace ModelPacker.Report;

/// <summary>The section <c>search</c> of a bundle: the way that the search took, and what it was compared with.</summary>
/// <param name="Unit">Unit of costs: <c>mac</c> or <c>ms</c>.</param>
/// <param name="Path">Networks from dense to cheap; the first is dense.</param>
/// <param name="Baselines">Other ways, if any were measured.</param>
/// <param name="Missing">Other ways that this network does not have, and why.</param>
public sealed record SearchTrace(string Unit, IReadOnlyList<SearchState> Path, IReadOnlyList<BaselineFigures> Baselines, IReadOnlyList<(string Name, string Reason)> Missing)
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
            List(root, "baselines", b => new BaselineFigures(Text(b, "name"), Text(b, "kind"), b.TryGetProperty("corrected", out JsonElement c) && c.ValueKind == JsonValueKind.True,
                Number(b, "cost"), Number(b, "macs"), Number(b, "loss"), Number(b, "top1"))),
            List(root, "missing_baselines", b => (Text(b, "name"), Text(b, "reason"))));
    }

    /// <summary>How many times as fast as the dense network a baseline is; null where only its multiplications are known, and the search counts something else.</summary>
    /// <param name="baseline">The baseline.</param>
    /// <param name="denseMacs">Multiply-accumulates of the dense network.</param>
    public double? SpeedUp(BaselineFigures baseline, double denseMacs)
        => baseline.Cost > 0 && Path.Count > 0 ? Path[0].Cost / baseline.Cost : Unit == "mac" && baseline.Macs > 0 ? denseMacs / baseline.Macs : null;

    private static List<T> List<T>(JsonElement root, string name, Func<JsonElement, T> read)
        => root.TryGetProperty(name, out JsonElement list) ? [.. list.EnumerateArray().Select(read)] : [];

    private static double? Number(JsonElement element, string name)
        => element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static string Text(JsonElement element, string name)
        => element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
