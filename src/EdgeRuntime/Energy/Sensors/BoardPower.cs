using System.Text.Json;

namespace EdgeRuntime.Energy.Sensors;

/// <summary>What a board draws, by its profile.</summary>
/// <param name="Name">Name of the profile.</param>
/// <param name="Title">Name for people.</param>
/// <param name="Cores">Cores.</param>
/// <param name="IdleWatts">While nothing runs.</param>
/// <param name="OneThreadWatts">While one core works; null if unknown.</param>
/// <param name="AllCoresWatts">While all cores work; null if unknown.</param>
public sealed record BoardPower(string Name, string Title, int Cores, double IdleWatts, double? OneThreadWatts, double? AllCoresWatts)
{
    private const string Prefix = "boards/";
    private const string Suffix = ".json";

    /// <summary>Names of the profiles that are built in.</summary>
    public static string[] Known
    {
        get
        {
            string[] names = Array.FindAll(typeof(BoardPower).Assembly.GetManifestResourceNames(), n => n.StartsWith(Prefix, StringComparison.Ordinal) && n.EndsWith(Suffix, StringComparison.Ordinal));
            names = Array.ConvertAll(names, n => n[Prefix.Length..^Suffix.Length]);
            Array.Sort(names, StringComparer.Ordinal);
            return names;
        }
    }

    /// <summary>Watts while some threads work: between the figures known, in proportion to the cores.</summary>
    public double ActiveWatts(int threads)
    {
        int busy = Math.Clamp(threads, 1, Cores);
        return (OneThreadWatts, AllCoresWatts) switch
        {
            (double one, double all) when Cores > 1 => one + ((all - one) * (busy - 1) / (Cores - 1)),
            (double one, _) => IdleWatts + ((one - IdleWatts) * busy),
            (null, double all) => IdleWatts + ((all - IdleWatts) * busy / Cores),
            _ => IdleWatts,
        };
    }

    /// <summary>The built-in profile whose board this machine is, or null.</summary>
    /// <param name="root">Where <c>proc</c> lies; <c>/</c> on a running system.</param>
    public static string? Detect(string root)
    {
        string model = SystemFile.Text(Path.Combine(root, "proc/device-tree/model")) ?? "";
        foreach (string name in Known)
        {
            using JsonDocument profile = Document(name);
            if (profile.RootElement.TryGetProperty("device_tree_model", out JsonElement prefix) && model.StartsWith(prefix.GetString()!, StringComparison.Ordinal))
            {
                return name;
            }
        }

        return null;
    }

    /// <summary>Reads a built-in profile.</summary>
    /// <exception cref="SensorException">No such board, or nobody has measured its power.</exception>
    public static BoardPower Read(string name)
    {
        if (Array.IndexOf(Known, name) < 0)
        {
            throw new SensorException($"model:{name}", "there is no such board", $"Known are {string.Join(", ", Known)}; or give the figures: 'model,idle=2.7,active=3.5'");
        }

        using JsonDocument document = Document(name);
        JsonElement root = document.RootElement;
        string title = root.GetProperty("title").GetString()!;
        if (!root.TryGetProperty("watts", out JsonElement watts) || (Optional(watts, "one_thread") ?? Optional(watts, "all_cores")) is null)
        {
            throw new SensorException($"model:{name}", $"the profile of the {title} does not say what it draws while it works", "Measure it and give the figures: 'model,idle=2.7,active=3.5'");
        }

        return new BoardPower(name, title, root.GetProperty("cores").GetInt32(), watts.GetProperty("idle").GetDouble(), Optional(watts, "one_thread"), Optional(watts, "all_cores"));
    }

    private static double? Optional(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) ? value.GetDouble() : null;

    internal static JsonDocument Document(string name)
    {
        using Stream stream = typeof(BoardPower).Assembly.GetManifestResourceStream(Prefix + name + Suffix)!;
        return JsonDocument.Parse(stream);
    }
}
