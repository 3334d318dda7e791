namespace ModelPacker.Tune;

/// <summary>A picture, prepared and run once at the dense point.</summary>
/// <param name="Label">Class, or -1.</param>
/// <param name="Input">Bytes of the input map's rows.</param>
/// <param name="Dense">Outputs at the dense point.</param>
public sealed record TuneSample(int Label, byte[] Input, float[] Dense)
{
    /// <summary>Outputs of the network without masks that a search starts from, where that is not the dense one.</summary>
    public float[]? Own { get; init; }
}
