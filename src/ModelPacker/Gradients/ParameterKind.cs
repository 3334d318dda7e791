namespace ModelPacker.Gradients;

/// <summary>What a parameter does in its step: y[n] = scale[n] · (Σ weights · x + bias[n]) + shift[n], then the activation; where it is normalised, with V[n] = scale[n] · Σ weights · x and m[n] = scale[n] · mean[n], y[n] = gain[n] · (V[n] − m[n]) / deviation[n] + scale[n] · bias[n] + shift[n].</summary>
public enum ParameterKind
{
    /// <summary>Weights: convolution [N, taps, C / groups], depthwise [taps, C]. Shared by all points.</summary>
    Weights,

    /// <summary>Bias [N], shared by all points.</summary>
    Bias,

    /// <summary>Factor per output channel [N], of one operating point.</summary>
    ChannelScale,

    /// <summary>Summand per output channel [N], of one operating point.</summary>
    ChannelShift,

    /// <summary>Factor per output channel [N] behind the normalisation. Given, not trained: layers that read the map have weights of their own.</summary>
    Gain,

    /// <summary>Mean per output channel [N] of a step that is normalised, over many pictures, scale not counted. Measured, not trained.</summary>
    RunningMean,

    /// <summary>Standard deviation per output channel [N] of such a step. Measured, not trained.</summary>
    RunningDeviation,
}
