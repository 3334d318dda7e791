namespace ModelPacker.Gradients.Losses;

/// <summary>Σ (y − t)² / Σ t² of each picture and output, summed over the outputs: noise over signal, for networks whose answers are no classes.</summary>
/// <param name="targets">Wanted values of each output, [batch, rows · channels].</param>
public sealed class RelativeSquaredError(IReadOnlyList<ReadOnlyMemory<float>> targets) : ILoss
{
    // An output that should be all zero would else divide by zero.
    private const double Least = 1e-12;

    /// <inheritdoc/>
    public double Evaluate(GradientRun run, int batch)
    {
        double loss = 0;
        for (int output = 0; output < targets.Count; output++)
        {
            int map = run.Network.Bundle.Outputs[output].Map;
            ReadOnlySpan<float> values = run.Output(output);
            Span<float> gradients = run.SeedGradient(map);
            int elements = values.Length / run.Pictures;
            for (int p = 0; p < run.Pictures; p++)
            {
                ReadOnlySpan<float> target = targets[output].Span.Slice((run.FirstPicture + p) * elements, elements);
                double signal = Least;
                double noise = 0;
                for (int i = 0; i < elements; i++)
                {
                    double difference = (double)values[(p * elements) + i] - target[i];
                    noise += difference * difference;
                    signal += (double)target[i] * target[i];
                }

                loss += noise / signal;
                for (int i = 0; i < elements; i++)
                {
                    gradients[(p * elements) + i] += (float)(2 * ((double)values[(p * elements) + i] - target[i]) / signal / batch);
                }
            }
        }

        return loss;
    }
}
