namespace ModelPacker.Gradients;

/// <summary>What a parameter does in its step: y[n] = scale[n] · (Σ weights · x + bias[n]) + shift[n], then the activation; y[n] = (Σ weights · x − mean[n]) / deviation[n] + bias[n] where it is normalised.</summary>
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

    /// <summary>Mean per output channel [N] of a step that is normalised, over many pictures. Measured, not trained.</summary>
    RunningMean,

    /// <summary>Standard deviation per output channel [N] of such a step. Measured, not trained.</summary>
    RunningDeviation,
}
