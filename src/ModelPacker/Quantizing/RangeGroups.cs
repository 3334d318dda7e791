using System.Runtime.CompilerServices;
using EdgeRuntime.Bundles;
using ModelPacker.Calibrate;
using ModelPacker.Graphs;
using ModelPacker.Lower;

namespace ModelPacker.Quantizing;

/// <summary>Gives every map its scale and zero point. Maps between which values are only moved (max pooling, copies, concatenation) share one, so
/// that moving stays exact.</summary>
internal static class RangeGroups
{
    // A search quantises a hundred times from the same statistics, and choosing ranges would take half of its time.
    private static readonly ConditionalWeakTable<MapStatistics[], (float Low, float High)[]?[]> Chosen = [];

    /// <summary>Quantisation of every map (meaningful for those that become int8).</summary>
    /// <param name="model">The network.</param>
    /// <param name="int8">Which steps run in int8.</param>
    /// <param name="statistics">Of every map; complete, they must not change any more.</param>
    /// <param name="method">How ranges are chosen.</param>
    /// <param name="factors">What ranges are multiplied with, by the number of a group (see <see cref="Numbers"/>); null: nothing.</param>
    public static Quantization[] Choose(LoweredModel model, bool[] int8, MapStatistics[] statistics, CalibrationMethod method, IReadOnlyDictionary<int, float>? factors)
    {
        (int[] groups, Quantization?[] prescribed) = Group(model, int8);
        (float Low, float High)[] own = Ranges(statistics, method);
        (float Low, float High)[] ranges = new (float, float)[groups.Length];
        for (int i = 0; i < groups.Length; i++)
        {
            // A copy or a maximum shows nothing that its source did not; a concatenation is the union of its parts.
            (float low, float high) = own[i];
            int root = groups[i];
            ranges[root] = (Math.Min(ranges[root].Low, low), Math.Max(ranges[root].High, high));
        }

        return [.. groups.Select(root =>
        {
            float factor = factors is not null && factors.TryGetValue(root, out float chosen) ? chosen : 1;
            return prescribed[root] ?? FromRange(ranges[root].Low * factor, ranges[root].High * factor);
        })];
    }

    private static (float Low, float High)[] Ranges(MapStatistics[] statistics, CalibrationMethod method)
    {
        (float Low, float High)[]?[] known = Chosen.GetValue(statistics, _ => new (float, float)[Enum.GetValues<CalibrationMethod>().Length][]);
        return known[(int)method] ??= Array.ConvertAll(statistics, s => RangeChooser.Choose(s, method));
    }

    /// <summary>Numbers of the groups whose range is free to choose, in the order of the network.</summary>
    public static int[] Numbers(LoweredModel model, bool[] int8)
    {
        (int[] groups, Quantization?[] prescribed) = Group(model, int8);
        return [.. Enumerable.Range(0, model.Steps.Count).Where(i => int8[i]).Select(i => groups[model.Steps[i].Step.Output]).Distinct().Where(g => prescribed[g] is null)];
    }

    private static (int[] Groups, Quantization?[] Prescribed) Group(LoweredModel model, bool[] int8)
    {
        int[] parent = [.. Enumerable.Range(0, model.Maps.Count)];
        Quantization?[] prescribed = [.. model.Maps.Select(m => m.Prescribed)];
        int Root(int map)
        {
            while (parent[map] != map)
            {
                map = parent[map];
            }

            return map;
        }

        for (int i = 0; i < model.Steps.Count; i++)
        {
            if (!int8[i] || !MovesOnly(model.Steps[i].Step))
            {
                continue;
            }

            foreach (int input in model.Steps[i].Step.Inputs)
            {
                int a = Root(input);
                int b = Root(model.Steps[i].Step.Output);
                bool conflict = prescribed[a] is not null && prescribed[b] is not null && prescribed[a] != prescribed[b];
                if (a != b && !conflict)
                {
                    parent[a] = b;
                    prescribed[b] ??= prescribed[a];
                }
            }
        }

        return ([.. parent.Select((_, i) => Root(i))], prescribed);
    }

    /// <summary>256 levels over [low, high], which contains 0.</summary>
    public static Quantization FromRange(float low, float high)
    {
        double scale = Math.Max(((double)high - low) / 255, 1e-30);
        int zeroPoint = (int)Math.Clamp(Math.Round(-128 - (low / scale)), -128, 127);
        return new Quantization((float)scale, zeroPoint);
    }

    /// <summary>Steps that only move values and so need equal quantisation on both sides.</summary>
    public static bool MovesOnly(Step step) => step is GatherStep or ConcatStep or PoolStep { Average: false };
}
