using System.Text.Json;
using EdgeRuntime;
using EdgeRuntime.Bundles;

namespace ModelPacker.Perforate;

/// <summary>Reads the masks of operating points from a bundle, or from the JSON that <c>modelpacker inspect --masks</c> writes (docs/perforation.md).</summary>
public static class PointMasksReader
{
    private const string Schema = "modelpacker.masks";
    private const int MostSites = 1 << 28;

    /// <summary>Reads a file.</summary>
    /// <param name="path">A bundle, or JSON.</param>
    /// <exception cref="EdgeRuntimeException">It is neither, or its masks are damaged.</exception>
    public static PointMasks[] Read(string path)
        => path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? ReadJson(path) : PointMasks.OfBundle(path);

    private static PointMasks[] ReadJson(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("schema", out JsonElement schema) || schema.ValueKind != JsonValueKind.String || schema.GetString() != Schema)
            {
                throw new BundleException($"'{path}' holds no masks: its member \"schema\" is not \"{Schema}\". Write it with 'modelpacker inspect --masks TUNED.edge > {Path.GetFileName(path)}'.");
            }

            return [.. root.GetProperty("points").EnumerateArray().Select(p =>
            {
                string name = p.GetProperty("name").GetString() ?? "";
                return new PointMasks(name, [.. p.GetProperty("layers").EnumerateArray().Select(l => Layer(l, $"'{path}', point '{name}'"))])
                {
                    Input = p.TryGetProperty("input", out JsonElement size) && size.ValueKind == JsonValueKind.Object
                        ? new InputSize(size.GetProperty("height").GetInt32(), size.GetProperty("width").GetInt32()) : null,
                };
            })];
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new BundleException($"The masks in '{path}' are damaged: {e.Message} Write them again with 'modelpacker inspect --masks'.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EdgeRuntimeException($"Cannot read the masks '{path}': {e.Message}", 2, e);
        }
    }

    private static LayerMask Layer(JsonElement element, string where)
    {
        string layer = element.GetProperty("layer").GetString() ?? "";
        int height = element.GetProperty("height").GetInt32();
        int width = element.GetProperty("width").GetInt32();
        string kind = element.GetProperty("kind").GetString() ?? "";
        int[] kept = Integers(element.GetProperty("kept"));
        int[] standsFor = Integers(element.GetProperty("stands_for"));
        if (height < 1 || width < 1 || (long)height * width > MostSites || standsFor.Length != height * width)
        {
            throw Bad($"\"stands_for\" has {standsFor.Length} sites and the map {height}×{width}");
        }

        int[] rows = new int[standsFor.Length];
        Array.Fill(rows, -1);
        for (int i = 0; i < kept.Length; i++)
        {
            if ((uint)kept[i] >= (uint)rows.Length || (i > 0 && kept[i] <= kept[i - 1]))
            {
                throw Bad($"\"kept\" has {kept[i]} as its entry {i}, and they have to rise within 0..{rows.Length - 1}");
            }

            rows[kept[i]] = i;
        }

        int strange = Array.FindIndex(standsFor, s => (uint)s >= (uint)rows.Length || rows[s] < 0);
        if (kept.Length == 0 || strange >= 0)
        {
            throw Bad(kept.Length == 0 ? "no site is kept" : $"site {strange} takes its values from {standsFor[strange]}, which is not kept");
        }

        Support support = new(kept, Array.ConvertAll(standsFor, s => rows[s]));
        try
        {
            support.Ties(height, width);
        }
        catch (InvalidDataException)
        {
            throw Bad("a site takes its values from one that is not the nearest");
        }

        return new LayerMask(layer, height, width, kind, support);

        BundleException Bad(string what) => new($"The mask of layer '{layer}' in {where} is damaged: {what}. Write the masks again with 'modelpacker inspect --masks'.");
    }

    private static int[] Integers(JsonElement list) => [.. list.EnumerateArray().Select(v => v.GetInt32())];
}
