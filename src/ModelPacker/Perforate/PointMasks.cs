using EdgeRuntime;
using EdgeRuntime.Bundles;

namespace ModelPacker.Perforate;

/// <summary>The masks of an operating point, apart from any bundle.</summary>
/// <param name="Name">Name of the point.</param>
/// <param name="Layers">Its perforated layers.</param>
public sealed record PointMasks(string Name, IReadOnlyList<LayerMask> Layers)
{
    /// <summary>Size of the picture that it takes, or null: that of the dense point.</summary>
    public InputSize? Input { get; init; }

    /// <summary>Those of a bundle's points, the dense one first.</summary>
    /// <param name="path">The bundle.</param>
    /// <exception cref="EdgeRuntimeException">It cannot be read, has no masks, or does not say which site stands for which.</exception>
    public static PointMasks[] OfBundle(string path)
    {
        using Bundle bundle = BundleReader.Open(path);
        PerforationSection section = PerforationSection.Read(path, bundle)
            ?? throw new BundleException($"'{path}' does not say how its maps are laid out, so it has no masks to show. Make it with 'modelpacker tune'.");
        return [.. bundle.Points.Select((p, i) =>
        {
            (int Height, int Width)[] grids = section.GridsOf(bundle, i);
            return new PointMasks(p.Name, [.. section.Supports(path, bundle, i).Zip(section.Masks[i], (support, step) =>
            {
                (int height, int width) = grids[bundle.Steps[step.Step].Output];
                return new LayerMask(bundle.Steps[step.Step].Name, height, width, step.Kind, support.Value);
            })])
            {
                Input = p.Input,
            };
        })];
    }
}
