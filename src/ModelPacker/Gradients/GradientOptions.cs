namespace ModelPacker.Gradients;

/// <summary>How a network is differentiated.</summary>
public sealed record GradientOptions
{
    /// <summary>Rounds int8 maps and the weights of int8 steps as the runtime does; gradients pass through the rounding and stop where a map saturates
    /// (straight-through estimator: Bengio et al., "Estimating or Propagating Gradients Through Stochastic Neurons", 2013). Without, int8 maps hold unrounded numbers
    /// within the range that they can stand for.</summary>
    public bool FakeQuantize { get; init; }

    /// <summary>Gives every operating point but the first a <see cref="ParameterKind.ChannelScale"/> and a <see cref="ParameterKind.ChannelShift"/> in every
    /// step with weights, even where the bundle has none.</summary>
    public bool OwnConstants { get; init; }

    /// <summary>Normalises what steps with weights answer over the pictures that a run sees side by side, but for the last ones in front of the outputs, whose answers have to be free in size (batch
    /// normalisation: Ioffe and Szegedy, ICML 2015). Means and deviations are those of one operating point.</summary>
    public bool Normalize { get; init; }

    /// <summary>Also computes the gradients of the network's inputs.</summary>
    public bool InputGradients { get; init; }
}
