namespace ModelPacker.Gradients;

/// <summary>What one thread has seen of a step that is normalised.</summary>
/// <param name="channels">Output channels.</param>
internal sealed class NormalizationSums(int channels)
{
    /// <summary>Sites of all pictures.</summary>
    public long Rows { get; set; }

    /// <summary>Σ V per channel.</summary>
    public double[] Values { get; } = new double[channels];

    /// <summary>Σ V² per channel.</summary>
    public double[] Squares { get; } = new double[channels];

    /// <summary>Starts anew.</summary>
    public void Clear()
    {
        Rows = 0;
        Array.Clear(Values);
        Array.Clear(Squares);
    }
}
