using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeRuntime.Bundles;
using MessagePack;

namespace ModelPacker.Report;

/// <summary>The section <c>search</c> of a bundle: the way that the search took, and what it was compared with.</summary>
/// <param name="Unit">Unit of costs: <c>mac</c> or <c>ms</c>.</param>
/// <param name="Path">Networks from dense to cheap; the first is dense.</param>
/// <param name="Baselines">Other ways, if any were measured.</param>
/// <param name="Missing">Other ways that this network does not have, and why.</param>
/// <param name="BeforeTraining">The dense point on the pictures that the search held back, where the weights were trained since: all figures here are of the weights of then. Null: they are
/// of the bundle's weights.</param>
public sealed record SearchTrace(string Unit, IReadOnlyList<SearchState> Path, IReadOnlyList<BaselineFigures> Baselines, IReadOnlyList<(string Name, string Reason)> Missing,
    PointFigures? BeforeTraining)
{
    private const string BeforeTrainingMember = "before_training";

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
        using JsonDocument document = JsonDocument.Parse(JsonSection.Read(bytes));
        JsonElement root = document.RootElement;
        return new SearchTrace(
            root.GetProperty("unit").GetString() ?? "",
            [.. root.GetProperty("path").EnumerateArray().Select(s => new SearchState(s.GetProperty("cost").GetDouble(), s.GetProperty("loss").GetDouble(), Number(s, "top1")))],
            List(root, "baselines", b => new BaselineFigures(Text(b, "name"), Text(b, "kind"), b.TryGetProperty("corrected", out JsonElement c) && c.ValueKind == JsonValueKind.True,
                Number(b, "cost"), Number(b, "macs"), Number(b, "loss"), Number(b, "top1"))),
            List(root, "missing_baselines", b => (Text(b, "name"), Text(b, "reason"))),
            root.TryGetProperty(BeforeTrainingMember, out JsonElement before) ? new PointFigures(Number(before, "loss"), Number(before, "top1")) : null);
    }

    /// <summary>The section for a bundle whose weights are trained further: says that its figures are of the weights of before, and how good the dense point was then.</summary>
    /// <param name="bytes">The section as it was; where it says so already it stays.</param>
    /// <param name="dense">Figures of the dense point before the training.</param>
    public static byte[] MarkTrained(byte[] bytes, IReadOnlyDictionary<string, double> dense)
    {
        JsonObject root = JsonNode.Parse(JsonSection.Read(bytes))!.AsObject();
        if (root.ContainsKey(BeforeTrainingMember))
        {
            return bytes;
        }

        JsonObject before = [];
        foreach (string name in (string[])["loss", "top1", "n"])
        {
            before[name] = dense.TryGetValue(name, out double value) ? value : null;
        }

        root[BeforeTrainingMember] = before;
        return JsonSection.Write(JsonSerializer.SerializeToUtf8Bytes(root));
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
