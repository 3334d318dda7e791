using ModelPacker.Gradients;
using ModelPacker.Gradients.Losses;

namespace ModelPacker.Tests.Gradients;

/// <summary>A random linear function of all outputs, so that every element has a gradient of its own.</summary>
internal sealed class Projection(int seed) : ILoss
{
    public double Evaluate(GradientRun run, int batch)
    {
        double loss = 0;
        for (int output = 0; output < run.Network.Bundle.Outputs.Length; output++)
        {
            ReadOnlySpan<float> values = run.Output(output);
            Span<float> gradients = run.SeedGradient(run.Network.Bundle.Outputs[output].Map);
            int elements = values.Length / run.Pictures;
            for (int p = 0; p < run.Pictures; p++)
            {
                Random random = new(seed + (1000 * (run.FirstPicture + p)) + output);
                for (int i = p * elements; i < (p + 1) * elements; i++)
                {
                    float factor = (random.NextSingle() * 2) - 1;
                    loss += (double)factor * values[i];
                    gradients[i] += factor / batch;
                }
            }
        }

        return loss;
    }
}
