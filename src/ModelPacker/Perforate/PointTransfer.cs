using EdgeRuntime.Bundles;

namespace ModelPacker.Perforate;

/// <summary>Gives a network the operating points of another one of the same layers, whatever the weights of both are.</summary>
public static class PointTransfer
{
    private const int MostNamed = 8;
    private const string Advice = "They have to come from the same layers, by their ONNX names, at the same input size: tune this network itself with 'modelpacker tune', "
        + "or keep the names of its nodes when it is exported.";

    /// <summary>Adds points to a dense bundle. They have no constants of their own, since those belong to other weights.</summary>
    /// <param name="dense">The bundle, with its section <c>perforation</c> in front; its constants stay in use as long as the result is.</param>
    /// <param name="points">Masks of the points; one that is called like the dense point and has no masks is left out.</param>
    /// <param name="source">Where the points are from, for errors.</param>
    /// <returns>The bundle with all points, without hashes and figures of the new ones.</returns>
    /// <exception cref="BundleException">A layer is missing, has a map of another size, or names are taken.</exception>
    public static Bundle Apply(Bundle dense, IReadOnlyList<PointMasks> points, string source)
    {
        (int Height, int Width)[] grids = PerforationSection.Parse(dense.Extras[0].Bytes).Grids;
        string denseName = dense.Points[0].Name;
        PointMasks[] wanted = [.. points.Where(p => p.Name != denseName || p.Layers.Count > 0 || p.Input is not null)];
        CheckNames(wanted, denseName, source);
        Dictionary<string, int> steps = [];
        for (int i = 0; i < dense.Steps.Length; i++)
        {
            if (dense.Steps[i] is ConvolutionStep or DepthwiseStep)
            {
                steps.TryAdd(dense.Steps[i].Name, i);
            }
        }

        Perforator perforator = new(dense);
        ResizedNetwork?[] resized = [.. wanted.Select(p => p.Input is not { } size ? null : ResizedNetwork.Of(dense, grids, perforator, size)
            ?? throw new BundleException($"Point '{p.Name}' of '{source}' takes pictures of {size.Width}×{size.Height}, which are no smaller ones to this network. {Advice}"))];
        CheckLayers(wanted, steps, (point, layer) => (resized[point]?.Grids ?? grids)[dense.Steps[steps[layer]].Output], source);
        PointAssembler assembler = new(dense);
        List<PerforatedStep[]> masks = [[]];
        for (int i = 0; i < wanted.Length; i++)
        {
            PointMasks point = wanted[i];
            assembler.Add(point.Name, (resized[i] is { } network ? new Perforator(network.Bundle) : perforator).Compile(point.Layers.ToDictionary(l => steps[l.Layer], l => l.Support)));
            masks.Add([.. point.Layers.Select(l => new PerforatedStep(steps[l.Layer], l.Kind, l.Support.Kept, l.Support.Ties(l.Height, l.Width))).OrderBy(m => m.Step)]);
        }

        return assembler.Build([new PerforationSection(grids, [.. masks]).ToExtra(), .. dense.Extras.Skip(1)]);
    }

    private static void CheckNames(PointMasks[] points, string dense, string source)
    {
        if (points.Length == 0)
        {
            throw new BundleException($"'{source}' has no operating point but the dense one. Make some with 'modelpacker tune', or leave '--points-from' out.");
        }

        if (points.Length >= BundleLimits.Points)
        {
            throw new BundleException($"'{source}' has {points.Length} operating points; a bundle holds at most {BundleLimits.Points}. Take some out.");
        }

        HashSet<string> taken = [dense];
        if (Array.Find(points, p => p.Name.Length is 0 or > BundleLimits.NameLength || !taken.Add(p.Name)) is { } bad)
        {
            throw new BundleException($"'{source}' calls an operating point '{bad.Name}', which is no name or is taken. Give every point a name of its own.");
        }
    }

    // All that does not fit is told at once.
    private static void CheckLayers(PointMasks[] points, Dictionary<string, int> steps, Func<int, string, (int Height, int Width)> gridOf, string source)
    {
        List<string> faults = [];
        for (int i = 0; i < points.Length; i++)
        {
            PointMasks point = points[i];
            HashSet<string> seen = [];
            foreach (LayerMask mask in point.Layers)
            {
                if (!seen.Add(mask.Layer))
                {
                    faults.Add($"point '{point.Name}' has two masks for layer '{mask.Layer}'");
                }
                else if (!steps.ContainsKey(mask.Layer))
                {
                    faults.Add($"there is no convolution '{mask.Layer}'");
                }
                else if (gridOf(i, mask.Layer) is var (height, width) && (height, width) != (mask.Height, mask.Width))
                {
                    faults.Add($"the map of '{mask.Layer}' has {height}×{width} sites and its mask {mask.Height}×{mask.Width}");
                }
            }
        }

        string[] distinct = [.. faults.Distinct()];
        if (distinct.Length > 0)
        {
            string more = distinct.Length > MostNamed ? $"; and {distinct.Length - MostNamed} more" : "";
            throw new BundleException($"The operating points of '{source}' do not fit this network: {string.Join("; ", distinct.Take(MostNamed))}{more}. {Advice}");
        }
    }
}
