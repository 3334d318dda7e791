using EdgeRuntime.Bundles;
using ModelPacker.Gradients;

namespace GradientBench;

/// <summary>Floating-point operations of the convolutions of one picture, forward and backward, as they are done.</summary>
internal static class Work
{
    /// <summary>2 per multiply-accumulate forward, 2 for the gradient of the weights, 2 for that of the input where one is wanted.</summary>
    public static double Of(GradientNetwork network, int point)
    {
        Bundle bundle = network.Bundle;
        return network.StepParameters.Sum(s =>
        {
            Step step = bundle.Steps[s.Key];
            double macs = (double)bundle.Points[point].Rows[step.Output] * s.Value.Outputs * s.Value.Depth;
            return macs * (network.NeedsGradient(step.Inputs[0]) ? 6 : 4);
        });
    }
}
