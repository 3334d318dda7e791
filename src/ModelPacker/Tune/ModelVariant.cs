using EdgeRuntime.Bundles;
using EdgeRuntime.Images;

namespace ModelPacker.Tune;

/// <summary>A network remade smaller.</summary>
/// <param name="Bundle">Its int8 bundle; the caller disposes it.</param>
/// <param name="Point">The operating point to run.</param>
/// <param name="Spec">How its input wants pictures.</param>
/// <param name="Share">Share of the sites (of the input's pixels) that is left.</param>
public sealed record ModelVariant(Bundle Bundle, int Point, InputSpec Spec, double Share);
