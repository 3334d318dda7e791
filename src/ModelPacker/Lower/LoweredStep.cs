using EdgeRuntime.Bundles;
using EdgeRuntime.Maps;

namespace ModelPacker.Lower;

/// <summary>A step of the lowered network with its constants in fp32; blob numbers inside <see cref="Step"/> are meaningless until emission.</summary>
/// <param name="Step">The step.</param>
/// <param name="Tables">Table of each input, or null: row o reads row o.</param>
public sealed record LoweredStep(Step Step, GatherTable?[] Tables)
{
    /// <summary>Weights in the step's order (convolution [N, taps, C/groups], depthwise [taps, C], resample [rows, taps], slopes [C], constants).</summary>
    public float[]? Weights { get; init; }

    /// <summary>Bias per output channel.</summary>
    public float[]? Bias { get; init; }

    /// <summary>Scales of weights that came quantised: one per output channel, or one for all.</summary>
    public float[]? WeightScales { get; init; }
}
