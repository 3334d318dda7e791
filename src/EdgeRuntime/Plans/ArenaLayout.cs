using EdgeRuntime.Bundles;

namespace EdgeRuntime.Plans;

/// <summary>Lays the maps of one operating point into one arena: maps whose lives do not overlap share memory, and the inputs of a channel
/// concatenation are written straight into its output.</summary>
public sealed class ArenaLayout
{
    private const int Alignment = 64;

    private ArenaLayout(MapPlacement[] maps, long bytes)
    {
        Maps = maps;
        Bytes = bytes;
    }

    /// <summary>Placement of every map.</summary>
    public MapPlacement[] Maps { get; }

    /// <summary>Size of the arena.</summary>
    public long Bytes { get; }

    /// <summary>Computes the layout.</summary>
    /// <exception cref="BundleException">More than <see cref="BundleLimits.ArenaBytes"/> are needed.</exception>
    public static ArenaLayout Create(Bundle bundle, OperatingPoint point)
    {
        (int Parent, int Channel)[] parents = ConcatParents(bundle, point);
        int count = bundle.Maps.Length;
        (int Root, int Channel)[] roots = new (int, int)[count];
        for (int i = 0; i < count; i++)
        {
            int map = i;
            int channel = 0;
            while (parents[map].Parent >= 0)
            {
                channel += parents[map].Channel;
                map = parents[map].Parent;
            }

            roots[i] = (map, channel);
        }

        int[] first = new int[count];
        int[] last = new int[count];
        Array.Fill(first, int.MaxValue);
        Array.Fill(last, -1);
        void Live(int map, int time)
        {
            int root = roots[map].Root;
            first[root] = Math.Min(first[root], time);
            last[root] = Math.Max(last[root], time);
        }

        for (int i = 0; i < bundle.Steps.Length; i++)
        {
            Live(bundle.Steps[i].Output, i);
            Array.ForEach(bundle.Steps[i].Inputs, map => Live(map, i));
        }

        // Inputs stay, so that a session can run again without being fed again; outputs stay to be read.
        foreach (Port port in bundle.Inputs)
        {
            Live(port.Map, -1);
            Live(port.Map, bundle.Steps.Length);
        }

        foreach (Port port in bundle.Outputs)
        {
            Live(port.Map, bundle.Steps.Length);
        }

        long[] sizes = new long[count];
        for (int i = 0; i < count; i++)
        {
            long bytes = ((long)point.Rows[i] * bundle.Maps[i].Channels * bundle.Maps[i].Type.Size()) + NativeBlock.Slack;
            sizes[i] = roots[i].Root == i ? (bytes + Alignment - 1) / Alignment * Alignment : 0;
        }

        (long[] offsets, long total) = Assign(sizes, first, last);
        if (total > BundleLimits.ArenaBytes)
        {
            throw new BundleException($"Operating point '{point.Name}' needs {total >> 20} MB for activations; at most "
                + $"{BundleLimits.ArenaBytes >> 20} MB are allowed. Use a smaller input.");
        }

        MapPlacement[] placements = new MapPlacement[count];
        for (int i = 0; i < count; i++)
        {
            (int root, int channel) = roots[i];
            placements[i] = new MapPlacement(offsets[root] + ((long)channel * bundle.Maps[i].Type.Size()), bundle.Maps[root].Channels);
        }

        return new ArenaLayout(placements, total);
    }

    /// <summary>Whether a concatenation input was written in place, so that the step has nothing to copy for it.</summary>
    public static bool IsInPlace(ArenaLayout layout, ConcatStep step, Bundle bundle, int index)
    {
        long offset = 0;
        for (int i = 0; i < index; i++)
        {
            offset += bundle.Maps[step.Inputs[i]].Channels;
        }

        MapPlacement output = layout.Maps[step.Output];
        MapPlacement input = layout.Maps[step.Inputs[index]];
        return !step.AlongRows && input.Stride == output.Stride
            && input.Offset == output.Offset + (offset * bundle.Maps[step.Output].Type.Size());
    }

    private static (int Parent, int Channel)[] ConcatParents(Bundle bundle, OperatingPoint point)
    {
        (int, int)[] parents = new (int, int)[bundle.Maps.Length];
        Array.Fill(parents, (-1, 0));
        bool[] pinned = new bool[bundle.Maps.Length];
        foreach (Port port in bundle.Inputs)
        {
            pinned[port.Map] = true;
        }

        // These read or write one dense run and so cannot live inside a wider map.
        for (int i = 0; i < bundle.Steps.Length; i++)
        {
            Step step = bundle.Steps[i];
            for (int k = 0; k < step.Inputs.Length; k++)
            {
                pinned[step.Inputs[k]] |= step is MatMulStep || (step is GatherStep or ConcatStep && point.Tables[i][k] >= 0);
            }

            if (step is MatMulStep)
            {
                pinned[step.Output] = true;
            }
        }

        for (int i = 0; i < bundle.Steps.Length; i++)
        {
            if (bundle.Steps[i] is not ConcatStep { AlongRows: false } concat)
            {
                continue;
            }

            int channel = 0;
            for (int k = 0; k < concat.Inputs.Length; k++)
            {
                int map = concat.Inputs[k];
                if (point.Tables[i][k] < 0 && !pinned[map])
                {
                    parents[map] = (concat.Output, channel);
                    pinned[map] = true;
                }

                channel += bundle.Maps[map].Channels;
            }
        }

        return parents;
    }

    // Largest first, each at the lowest offset that is free for its whole life.
    private static (long[] Offsets, long Total) Assign(long[] sizes, int[] first, int[] last)
    {
        long[] offsets = new long[sizes.Length];
        List<int> placed = [];
        long total = 0;
        foreach (int item in Enumerable.Range(0, sizes.Length).Where(i => sizes[i] > 0).OrderByDescending(i => sizes[i]).ThenBy(i => first[i]))
        {
            long offset = 0;
            foreach (int other in placed.Where(p => first[p] <= last[item] && first[item] <= last[p]).OrderBy(p => offsets[p]))
            {
                if (offset + sizes[item] <= offsets[other])
                {
                    break;
                }

                offset = Math.Max(offset, offsets[other] + sizes[other]);
            }

            offsets[item] = offset;
            placed.Add(item);
            total = Math.Max(total, offset + sizes[item]);
        }

        return (offsets, total);
    }
}
