using EdgeRuntime.Kernels.Elementwise;
using ModelPacker.Graphs;

namespace ModelPacker.Simplify;

/// <summary>Scale and shift of a node that computes scale·x + shift: one pair, or one per channel.</summary>
internal sealed record AffineTerms(float[] Scale, float[] Shift)
{
    /// <summary>Reads a ChannelAffine or a Unary Linear; null for all else.</summary>
    public static AffineTerms? TryRead(Node node) => node.Operator switch
    {
        ChannelAffine => new AffineTerms(node.Inputs[1].Constant!.Floats!, node.Inputs[2].Constant!.Floats!),
        Unary { Function: UnaryFunction.Linear } u => new AffineTerms([u.Alpha], [u.Beta]),
        _ => null,
    };

    /// <summary>The pair of a channel.</summary>
    public (float Scale, float Shift) At(int channel) => Scale.Length == 1 ? (Scale[0], Shift[0]) : (Scale[channel], Shift[channel]);
}
