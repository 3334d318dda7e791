using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using ModelPacker.Evaluate;
using ModelPacker.Gradients;
using ModelPacker.Gradients.Losses;
using ModelPacker.Perforate;

namespace ModelPacker.Tune;

/// <summary>Weights for <see cref="MaskKind.Impact"/> and <see cref="MaskKind.IterativeImpact"/> (Figurnov et al., NIPS 2016, section 3.1): B(s) = mean over pictures of Σ over channels of |∂L/∂V(s) · V(s)|, V before the activation, L the
/// log-loss of the label; pictures without one count as what the dense network takes them for.</summary>
internal static class ImpactWeights
{
    /// <summary>Weights by step, [rows]; at the dense point rows are sites.</summary>
    /// <param name="bundle">Bundle of a classifier.</param>
    /// <param name="point">Operating point.</param>
    /// <param name="steps">Convolutions and depthwise steps.</param>
    /// <param name="spec">What the output means.</param>
    /// <param name="samples">Pictures.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="progress">Is told how many pictures are done.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <exception cref="EdgeRuntime.EdgeRuntimeException">The network cannot be differentiated.</exception>
    public static Dictionary<int, double[]> Of(Bundle bundle, int point, IReadOnlyList<int> steps, InputSpec spec, IReadOnlyList<TuneSample> samples, int threads, Action<int> progress, CancellationToken cancel)
    {
        // Per picture, so that neither the number of threads nor their timing changes the sums.
        Dictionary<int, float[][]> impacts = steps.ToDictionary(s => s, _ => new float[samples.Count][]);
        int start = 0;
        SampleGradients.Run(bundle, point, samples, new RunOptions { WatchedSteps = steps.ToHashSet(), Observer = Look }, threads, (first, count) =>
        {
            start = first;
            return new SoftmaxCrossEntropy([.. Enumerable.Range(first, count).Select(i => spec.FirstClass + Class(samples[i]))]);
        },
        progress, cancel);
        return impacts.ToDictionary(i => i.Key, i => Enumerable.Range(0, i.Value[0].Length).Select(s => i.Value.Average(p => (double)p[s])).ToArray());

        int Class(TuneSample sample) => sample.Label >= 0 ? sample.Label : Evaluator.Best(sample.Dense.AsSpan(spec.FirstClass));

        void Look(int step, int firstPicture, int pictures, ReadOnlySpan<float> values, ReadOnlySpan<float> gradients)
        {
            int channels = bundle.Maps[bundle.Steps[step].Output].Channels;
            int rows = values.Length / pictures / channels;
            for (int p = 0; p < pictures; p++)
            {
                float[] impact = new float[rows];
                for (int s = 0; s < rows; s++)
                {
                    int at = ((p * rows) + s) * channels;
                    for (int c = 0; c < channels; c++)
                    {
                        impact[s] += Math.Abs(values[at + c] * gradients[at + c]);
                    }
                }

                impacts[step][start + firstPicture + p] = impact;
            }
        }
    }
}
