using EdgeRuntime.Bundles;

namespace ModelPacker.Lower;

/// <summary>Removes steps that no output depends on, and the maps that nothing names any more.</summary>
internal static class DeadSteps
{
    public static void Remove(LoweredModel model)
    {
        HashSet<int> live = [.. model.Outputs.Select(p => p.Map)];
        for (int i = model.Steps.Count - 1; i >= 0; i--)
        {
            if (live.Contains(model.Steps[i].Step.Output))
            {
                live.UnionWith(model.Steps[i].Step.Inputs);
            }
            else
            {
                model.Steps.RemoveAt(i);
            }
        }

        live.UnionWith(model.Inputs.Select(p => p.Map));
        int[] number = new int[model.Maps.Count];
        List<LoweredMap> kept = [];
        for (int i = 0; i < number.Length; i++)
        {
            number[i] = kept.Count;
            if (live.Contains(i))
            {
                kept.Add(model.Maps[i]);
            }
        }

        model.Maps.Clear();
        model.Maps.AddRange(kept);
        for (int i = 0; i < model.Steps.Count; i++)
        {
            Step step = model.Steps[i].Step;
            model.Steps[i] = model.Steps[i] with
            {
                Step = step with { Inputs = Array.ConvertAll(step.Inputs, m => number[m]), Output = number[step.Output] },
            };
        }

        Renumber(model.Inputs, number);
        Renumber(model.Outputs, number);
    }

    private static void Renumber(List<Port> ports, int[] number)
    {
        for (int i = 0; i < ports.Count; i++)
        {
            ports[i] = ports[i] with { Map = number[ports[i].Map] };
        }
    }
}
