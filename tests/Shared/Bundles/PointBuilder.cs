using EdgeRuntime.Bundles;
using EdgeRuntime.Maps;

namespace EdgeRuntime.Tests.Shared.Bundles;

/// <summary>Composes the geometry of a network with the supports that an operating point leaves.</summary>
public sealed class PointBuilder(NetworkBuilder network)
{
    /// <summary>Tables of all points made so far.</summary>
    public List<GatherTable> Tables { get; } = [];

    /// <summary>Makes a point in which the given steps (those with a table) skip every other output site.</summary>
    public OperatingPoint Make(string name, IReadOnlySet<int> perforated)
    {
        int[]?[] supports = new int[]?[network.Maps.Count];
        int[][] tables = new int[network.Steps.Count][];
        for (int i = 0; i < tables.Length; i++)
        {
            (Step step, GatherTable?[] geometry) = network.Steps[i];
            if (Array.TrueForAll(geometry, g => g is null) && step.Inputs.Length == 1)
            {
                supports[step.Output] = supports[step.Inputs[0]];
                tables[i] = [-1];
                continue;
            }

            int sites = network.Sites(step.Output);
            int[]? kept = perforated.Contains(i) ? [.. Enumerable.Range(0, sites).Where(s => s % 2 == 0)] : null;
            supports[step.Output] = kept;
            tables[i] = new int[step.Inputs.Length];
            for (int k = 0; k < geometry.Length; k++)
            {
                tables[i][k] = Number(Compose(geometry[k], kept, supports[step.Inputs[k]], sites, network.Sites(step.Inputs[k])));
            }
        }

        int[] rows = [.. Enumerable.Range(0, network.Maps.Count).Select(m => supports[m]?.Length ?? network.Sites(m))];
        return new OperatingPoint { Name = name, Rows = rows, Tables = tables };
    }

    private static GatherTable? Compose(GatherTable? geometry, int[]? kept, int[]? support, int sites, int inputSites)
    {
        if (kept is null && support is null)
        {
            return geometry;
        }

        kept ??= [.. Enumerable.Range(0, sites)];
        geometry ??= new GatherTable(sites, 1, inputSites, [.. Enumerable.Range(0, sites)]);
        int[] entries = new int[kept.Length * geometry.Taps];
        for (int o = 0; o < kept.Length; o++)
        {
            for (int k = 0; k < geometry.Taps; k++)
            {
                int site = geometry.Entries[(kept[o] * geometry.Taps) + k];
                entries[(o * geometry.Taps) + k] = site < 0 || support is null ? site : Nearest(support, site);
            }
        }

        return new GatherTable(kept.Length, geometry.Taps, support?.Length ?? geometry.InputRows, entries);
    }

    private static int Nearest(int[] support, int site)
    {
        int at = Array.BinarySearch(support, site);
        return at >= 0 ? at : Math.Max(0, ~at - 1);
    }

    private int Number(GatherTable? table)
    {
        if (table is null)
        {
            return -1;
        }

        int known = Tables.IndexOf(table);
        if (known >= 0)
        {
            return known;
        }

        Tables.Add(table);
        return Tables.Count - 1;
    }
}
