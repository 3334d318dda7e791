using ModelPacker.Gradients;

namespace ModelPacker.Finetune;

/// <summary>Fits the units of int8 weights to what the weights have become.</summary>
internal static class WeightUnits
{
    // An int32 bias may take a quarter of the range; the products have the rest.
    private const double MostBias = 1 << 29;

    // A channel without weights keeps its unit.
    private const double LeastUnit = 1e-20;

    /// <summary>Makes 127 units the largest weight of each output channel.</summary>
    public static void Refresh(GradientNetwork network)
    {
        int points = network.Bundle.Points.Length;
        foreach ((int step, StepParameters p) in network.StepParameters)
        {
            if (p.Weights.Units is not { } units)
            {
                continue;
            }

            float inputScale = network.Bundle.Maps[network.Bundle.Steps[step].Inputs[0]].Scale;
            for (int n = 0; n < p.Outputs; n++)
            {
                double largest = 0;
                for (int k = 0; k < p.Depth; k++)
                {
                    largest = Math.Max(largest, Math.Abs(p.Weights.Values[p.IndexOf(n, k)]));
                }

                // In a bundle weights and bias are those with normalisation folded in.
                double bias = Math.Abs(p.FoldedBias(n));
                for (int point = 0; point < points; point++)
                {
                    bias = Math.Max(bias, Math.Abs(p.FoldedBias(n, point) / (p.Scale(point)?.Values[n] ?? 1)));
                }

                double unit = Math.Max(largest / 127, bias / (p.Fold(n) * inputScale * MostBias));
                units[n] = unit > LeastUnit ? (float)unit : units[n];
            }
        }

        network.ParametersChanged();
    }
}
