using System.Text.Json;
using EdgeRuntime;
using EdgeRuntime.Bundles;

namespace ModelPacker.Tune;

/// <summary>What a board needs for a step, by a linear model (<c>boards/NAME.json</c>).</summary>
internal sealed class BoardProfile
{
    private readonly Dictionary<string, double> _macsPerCycle;
    private readonly double _elementsPerCycle;
    private readonly double _millisecondsPerCycle;

    private BoardProfile(JsonElement root)
    {
        Title = root.GetProperty("title").GetString()!;
        JsonElement cost = root.GetProperty("cost");
        _macsPerCycle = cost.GetProperty("macs_per_cycle").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetDouble());
        _elementsPerCycle = cost.GetProperty("elements_per_cycle").GetDouble();
        _millisecondsPerCycle = cost.GetProperty("slowdown").GetDouble() / (root.GetProperty("clock_mhz").GetDouble() * 1e3);
        Watts = root.TryGetProperty("watts", out JsonElement watts) && watts.TryGetProperty("one_thread", out JsonElement one) ? one.GetDouble() : null;
    }

    /// <summary>Its name for people.</summary>
    public string Title { get; }

    /// <summary>What the board draws while one thread infers, in watts; null where nobody measured it.</summary>
    public double? Watts { get; }

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "boards");

    /// <summary>Names of the boards that come with the packer.</summary>
    public static string[] Known()
        => Directory.Exists(Folder) ? [.. Directory.GetFiles(Folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Where(n => n != "schema").Order(StringComparer.Ordinal)] : [];

    /// <summary>Reads a profile.</summary>
    /// <exception cref="EdgeRuntimeException">No such board, or a damaged file.</exception>
    public static BoardProfile Read(string name)
    {
        string[] known = Known();
        string file = known.Contains(name) ? Path.Combine(Folder, name + ".json") : name;
        if (!File.Exists(file))
        {
            throw new EdgeRuntimeException($"There is no board '{name}'. Known are {string.Join(", ", known)}; a file of the same form may be named too.", 2);
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            return new BoardProfile(document.RootElement);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new EdgeRuntimeException($"The board profile '{file}' cannot be used: {e.Message} boards/pi4.json shows the form.", 2, e);
        }
    }

    /// <summary>Costs of a bundle's steps in milliseconds, in proportion to their rows.</summary>
    public CostModel Costs(Bundle bundle) => new("ms", [.. bundle.Steps.Select(s => new[] { (bundle.Points[0].Rows[s.Output], Milliseconds(bundle, s)) })]);

    private double Milliseconds(Bundle bundle, Step step)
    {
        string type = step.Inputs.Length > 0 && bundle.Maps[step.Inputs[0]].Type == ElementType.S8 ? "s8" : "f32";
        double work = LayerFinder.Work(bundle, step);
        double elements = (double)bundle.Points[0].Rows[step.Output] * bundle.Maps[step.Output].Channels;
        string kind = (step is DepthwiseStep ? "depthwise-" : "convolution-") + type;
        double cycles = work > 0 && _macsPerCycle.TryGetValue(kind, out double rate) ? work / rate : elements / _elementsPerCycle;
        return cycles * _millisecondsPerCycle;
    }
}
