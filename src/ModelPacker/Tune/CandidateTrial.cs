using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeRuntime.Bundles;
using ModelPacker.Perforate;

namespace ModelPacker.Tune;

/// <summary>Chooses among the ways to a speed-up by what a short training makes of them. Untrained, a network for a smaller picture looks worse than it is beside one that skips sites: its layers see
/// other scales than those that they learned, which some batches mend, while what a mask left out stays away.</summary>
/// <param name="dense">Dense bundle.</param>
/// <param name="train">Trains all points of a bundle for a while; gives the quality of every point then.</param>
/// <param name="log">Keeps the outcome for a resumed search.</param>
internal sealed class CandidateTrial(Bundle dense, Func<Bundle, IReadOnlyList<PointQuality>> train, SearchLog log)
{
    private const string Fact = "trial";

    // A loss may be beyond all numbers.
    private static readonly JsonSerializerOptions Format = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>What was tried. Points that only one way leads to are not.</summary>
    public IReadOnlyList<TriedPoint> Tried { get; private set; } = [];

    /// <summary>The best network for each speed-up.</summary>
    /// <param name="ways">Networks by speed-up, one at least for each.</param>
    public List<FoundPoint> Choose(IReadOnlyList<IReadOnlyList<FoundPoint>> ways)
    {
        FoundPoint[] tried = [.. ways.Where(w => w.Count > 1).SelectMany(w => w)];
        if (tried.Length == 0)
        {
            return [.. ways.Select(w => w[0])];
        }

        IReadOnlyList<PointQuality> after = Outcome(tried);
        Dictionary<FoundPoint, PointQuality> qualities = tried.Zip(after).ToDictionary(p => p.First, p => p.Second);
        List<FoundPoint> chosen = [.. ways.Select(w => w.Count == 1 ? w[0] : w.MinBy(f => Judge(qualities[f]).Badness)!)];
        Tried = [.. tried.Select(f => new TriedPoint(f.Name, f.Resized?.Size, f.Cost, f.Quality, qualities[f], chosen.Contains(f)))];
        return chosen;
    }

    private static Judgement Judge(PointQuality quality) => new(quality.Loss, quality.Top1);

    // What an earlier run came to; nothing where the log has nothing that can be read.
    private PointQuality[] Noted()
    {
        try
        {
            PointQuality?[] known = log.Recall(Fact) is { } noted ? JsonSerializer.Deserialize<PointQuality?[]>(noted, Format) ?? [] : [];
            return [.. known.OfType<PointQuality>()];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private IReadOnlyList<PointQuality> Outcome(FoundPoint[] tried)
    {
        if (Noted() is var known && known.Length == tried.Length)
        {
            return known;
        }

        PointAssembler assembler = new(dense);
        for (int i = 0; i < tried.Length; i++)
        {
            assembler.Add($"way {i + 1}", tried[i].Tables, tried[i].Constants);
        }

        PointQuality[] after = [.. train(assembler.Build([])).Skip(1)];
        log.Note(Fact, JsonSerializer.Serialize(after, Format));
        return after;
    }
}
