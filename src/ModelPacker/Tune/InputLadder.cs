using EdgeRuntime;
using EdgeRuntime.Bundles;
using ModelPacker.Perforate;

namespace ModelPacker.Tune;

/// <summary>Smaller pictures that a search tries.</summary>
internal static class InputLadder
{
    private static readonly double[] Sides = [0.875, 0.75, 0.625, 0.5];

    /// <summary>The networks, large ones first.</summary>
    /// <param name="dense">Dense bundle.</param>
    /// <param name="grids">Grids of its maps.</param>
    /// <param name="perforator">Of the same bundle.</param>
    public static List<ResizedNetwork> Of(Bundle dense, (int Height, int Width)[] grids, Perforator perforator)
    {
        (int Height, int Width)[] maps = [.. dense.Steps.Where(s => s is ConvolutionStep or DepthwiseStep).Select(s => grids[s.Output]).Where(g => g is { Height: > 1, Width: > 1 })];
        if (dense.Inputs is not [{ Dims.Length: 4 } input] || grids[input.Map] is not { Height: > 1, Width: > 1 } full || maps.Length == 0)
        {
            return [];
        }

        // Every halving rounds up, which takes back much of what a small map saves: the sizes that count are those which leave the smallest map a line less.
        int last = maps.Min(g => Math.Min(g.Height, g.Width));
        double[] candidates = last > 3 ? [.. Enumerable.Range(1, last - 1).Select(l => (double)l / last)] : Sides;
        return [.. Sides.Select(side => candidates.MinBy(c => Math.Abs(c - side))).Distinct()
            .Select(c => ResizedNetwork.Of(dense, grids, perforator, new InputSize(Scaled(full.Height, c), Scaled(full.Width, c)))).OfType<ResizedNetwork>()];
    }

    /// <summary>The networks for pictures of given widths, large ones first.</summary>
    /// <param name="dense">Dense bundle.</param>
    /// <param name="grids">Grids of its maps.</param>
    /// <param name="perforator">Of the same bundle.</param>
    /// <param name="widths">In pixels; heights are in proportion. The full one is left out.</param>
    /// <exception cref="EdgeRuntimeException">A width beyond the full one, or a network that takes no smaller picture (exit code 2).</exception>
    public static List<ResizedNetwork> Of(Bundle dense, (int Height, int Width)[] grids, Perforator perforator, IReadOnlyList<int> widths)
    {
        if (dense.Inputs is not [{ Dims.Length: 4 } input])
        {
            throw new EdgeRuntimeException("'--smaller-input' names widths, but the network takes no picture. Leave it out.", 2);
        }

        (int height, int full) = grids[input.Map];
        return [.. widths.Distinct().OrderDescending().Where(width => width != full).Select(width => width > full
            ? throw new EdgeRuntimeException($"'--smaller-input' has {width}, but the network's picture is {full}x{height}. Give widths up to {full}.", 2)
            : ResizedNetwork.Of(dense, grids, perforator, new InputSize(Scaled(height, (double)width / full), width))
                ?? throw new EdgeRuntimeException("The network takes no smaller picture. Use '--smaller-input off'.", 2))];
    }

    private static int Scaled(int full, double share) => Math.Clamp((int)Math.Round(full * share), 1, full);
}
