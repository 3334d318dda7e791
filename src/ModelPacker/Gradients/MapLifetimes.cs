using EdgeRuntime.Bundles;
using ModelPacker.Gradients.Steps;

namespace ModelPacker.Gradients;

/// <summary>When the values and gradients of maps are needed. Step i runs forward at time i and backward at time 2·steps − 1 − i.</summary>
internal static class MapLifetimes
{
    /// <summary>By map: first and last time that its values are needed.</summary>
    public static Dictionary<int, (int Begin, int End)> Values(GradientNetwork network, RunOptions options)
    {
        Bundle bundle = network.Bundle;
        int end = 2 * bundle.Steps.Length;
        Dictionary<int, (int Begin, int End)> lifetimes = bundle.Inputs.ToDictionary(p => p.Map, _ => (-1, -1));
        for (int i = 0; i < bundle.Steps.Length; i++)
        {
            Step step = bundle.Steps[i];
            lifetimes[step.Output] = (i, i);
            bool backward = network.NeedsGradient(step.Output);
            for (int k = 0; k < step.Inputs.Length; k++)
            {
                Extend(step.Inputs[k], backward && StepGradient.NeedsInputs(step) ? end - 1 - i : i);
            }

            if (backward && StepGradient.NeedsOutput(network, step))
            {
                Extend(step.Output, end - 1 - i);
            }
        }

        foreach (int map in Permanent(network, options))
        {
            Extend(map, end);
        }

        return lifetimes;

        void Extend(int map, int time) => lifetimes[map] = (lifetimes[map].Begin, Math.Max(lifetimes[map].End, time));
    }

    /// <summary>By map, where it has one: first and last time that its gradient is needed.</summary>
    public static Dictionary<int, (int Begin, int End)> Gradients(GradientNetwork network, RunOptions options)
    {
        Bundle bundle = network.Bundle;
        int end = 2 * bundle.Steps.Length;
        Dictionary<int, (int Begin, int End)> lifetimes = [];
        for (int i = bundle.Steps.Length - 1; i >= 0; i--)
        {
            Step step = bundle.Steps[i];
            if (network.NeedsGradient(step.Output))
            {
                foreach (int map in step.Inputs.Where(network.NeedsGradient))
                {
                    lifetimes.TryAdd(map, (end - 1 - i, end - 1 - i));
                }
            }

            if (lifetimes.TryGetValue(step.Output, out (int Begin, int End) own))
            {
                lifetimes[step.Output] = (own.Begin, end - 1 - i);
            }
        }

        // Losses are differentiated between the passes.
        foreach (int map in Permanent(network, options).Where(network.NeedsGradient))
        {
            lifetimes[map] = (bundle.Steps.Length - 1, end);
        }

        return lifetimes;
    }

    private static HashSet<int> Permanent(GradientNetwork network, RunOptions options)
    {
        HashSet<int> maps = [.. options.KeepMaps, .. network.Bundle.Inputs.Select(p => p.Map), .. network.Bundle.Outputs.Select(p => p.Map)];
        maps.UnionWith(Enumerable.Range(0, network.Bundle.Outputs.Length).Select(network.LogitsMap));
        return maps;
    }
}
