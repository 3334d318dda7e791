using EdgeRuntime;
using EdgeRuntime.Bundles;

namespace ModelPacker.Perforate;

/// <summary>The masks of an operating point, apart from any bundle.</summary>
/// <param name="Name">Name of the point.</param>
/// <param name="Layers">Its perforated layers; none: dense.</param>
public sealed record PointMasks(string Name, IReadOnlyList<LayerMask> Layers)
{
    /// <summary>Those of a bundle's points, the dense one first.</summary>
    /// <param name="path">The bundle.</param>
    /// <exception cref="EdgeRuntimeException">It cannot be read, has no masks, or does not say which site stands for which.</exception>
    public static PointMasks[] OfBundle(string path)
    {
        using Bundle bundle = BundleReader.Open(path);
        PerforationSection section = PerforationSection.Read(path, bundle)
            ?? throw new BundleException($"'{path}' does not say how its maps are laid out, so it has no masks to show. Make it with 'modelpacker tune'.");
        return [.. bundle.Points.Select((p, i) => new PointMasks(p.Name, [.. section.Supports(path, bundle, i).Zip(section.Masks[i], (support, step) =>
        {
            (int height, int width) = section.Grids[bundle.Steps[step.Step].Output];
            return new LayerMask(bundle.Steps[step.Step].Name, height, width, step.Kind, support.Value);
        })]))];
    }
}
