using ModelPacker.Gradients;

namespace ModelPacker.Finetune;

/// <summary>A copy of all parameters of a network.</summary>
/// <param name="Values">Per parameter its values.</param>
/// <param name="Units">Per parameter its units; empty where it has none.</param>
internal sealed record ParameterValues(float[][] Values, float[][] Units)
{
    /// <summary>Copies the parameters.</summary>
    public static ParameterValues Of(GradientNetwork network)
        => new([.. network.Parameters.Select(p => (float[])p.Values.Clone())], [.. network.Parameters.Select(p => (float[])(p.Units?.Clone() ?? Array.Empty<float>()))]);

    /// <summary>Puts them back.</summary>
    public void CopyTo(GradientNetwork network)
    {
        for (int i = 0; i < Values.Length; i++)
        {
            Values[i].CopyTo(network.Parameters[i].Values, 0);
            Units[i].CopyTo(network.Parameters[i].Units ?? [], 0);
        }

        network.ParametersChanged();
    }
}
