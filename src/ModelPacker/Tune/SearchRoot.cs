using System.Globalization;
using EdgeRuntime.Bundles;
using ModelPacker.Perforate;

namespace ModelPacker.Tune;

/// <summary>A network without masks that a search starts from: the dense one, or that at a smaller picture.</summary>
/// <param name="bundle">Its bundle; the first point is the network.</param>
/// <param name="grids">Grids of its maps.</param>
/// <param name="resized">How it came about, or null: it is the dense network.</param>
/// <param name="seen">Pictures that the search may see, as the network takes them.</param>
internal sealed class SearchRoot(Bundle bundle, (int Height, int Width)[] grids, ResizedNetwork? resized, IReadOnlyList<TuneSample> seen)
{
    /// <summary>Its bundle.</summary>
    public Bundle Bundle => bundle;

    /// <summary>Grids of its maps.</summary>
    public (int Height, int Width)[] Grids => grids;

    /// <summary>Pictures that the search may see, as the network takes them.</summary>
    public IReadOnlyList<TuneSample> Seen => seen;

    /// <summary>How it came about, or null.</summary>
    public ResizedNetwork? Resized => resized;

    /// <summary>Compiles masks over its maps.</summary>
    public Perforator Perforator { get; } = new(bundle);

    /// <summary>What sets its measurements apart from those of the other roots; empty for the dense network.</summary>
    public string Key { get; } = resized is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{resized.Size.Width}x{resized.Size.Height} ");
}
