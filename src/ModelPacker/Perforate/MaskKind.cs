namespace ModelPacker.Perforate;

/// <summary>How the evaluated sites of a layer are chosen (Figurnov et al., NIPS 2016).</summary>
public enum MaskKind
{
    /// <summary>At random, without replacement.</summary>
    Uniform,

    /// <summary>Randomly shifted rows × columns at equal distances.</summary>
    Grid,

    /// <summary>The sites that most windows of the next pooling layer cover.</summary>
    Structure,

    /// <summary>The sites whose loss would hurt most, by a map of weights.</summary>
    Impact,

    /// <summary>The sites whose stand-ins change the network's answer least (<see cref="StandInErrors"/>).</summary>
    Fisher,

    /// <summary>Like <see cref="Impact"/>, but the weights are those of the perforated network, measured anew after every step of the search; a site that was dropped stays dropped.</summary>
    IterativeImpact,
}
