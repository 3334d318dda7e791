namespace ModelPacker.Gradients.Losses;

/// <summary>Not a loss to minimise but a random projection of the answer, whose gradient shows how sensitive the answer is: the expected square of a small change of the projection is twice the divergence
/// that the change makes.</summary>
/// <remarks>For classes the projection is v·z, z the logits, with the covariance diag(p) − p·pᵀ of v: the Fisher information of the answer, as a normal variable in place of a drawn label,
/// which has less variance. For other answers every element has the same weight, all of them as one vector with the energy 1.</remarks>
/// <param name="classes">Whether the network has one output of classes.</param>
/// <param name="seed">Seed; every picture has a projection of its own.</param>
/// <param name="firstPicture">Pictures in earlier batches.</param>
public sealed class AnswerProjection(bool classes, int seed, int firstPicture = 0) : ILoss
{
    /// <summary>Evaluates nothing but the gradient.</summary>
    /// <returns>Zero: a projection has no level.</returns>
    public double Evaluate(GradientRun run, int batch)
    {
        int[] maps = classes ? [run.Network.LogitsMap(0)] : [.. Enumerable.Range(0, run.Network.Bundle.Outputs.Length).Select(o => run.Network.Bundle.Outputs[o].Map)];
        for (int p = 0; p < run.Pictures; p++)
        {
            Random random = new(unchecked((seed * 486187739) + firstPicture + run.FirstPicture + p));
            double energy = classes ? 0 : maps.Sum(m => Picture(run.Map(m), run, p).ToArray().Sum(v => (double)v * v));
            foreach (int map in maps)
            {
                ReadOnlySpan<float> values = Picture(run.Map(map), run, p);
                Span<float> gradients = run.SeedGradient(map);
                gradients = gradients.Slice(p * values.Length, values.Length);
                if (classes)
                {
                    AddClasses(values, random, gradients);
                }
                else
                {
                    double unit = 1 / Math.Sqrt(Math.Max(energy, float.Epsilon));
                    for (int i = 0; i < gradients.Length; i++)
                    {
                        gradients[i] += (float)(unit * Normal(random));
                    }
                }
            }
        }

        return 0;
    }

    private static ReadOnlySpan<float> Picture(ReadOnlySpan<float> values, GradientRun run, int picture)
    {
        int elements = values.Length / run.Pictures;
        return values.Slice(picture * elements, elements);
    }

    // v = √p∘ε − p·⟨√p, ε⟩.
    private static void AddClasses(ReadOnlySpan<float> logits, Random random, Span<float> gradients)
    {
        double sum = LogSoftmax.LogSum(logits);
        double[] shares = new double[logits.Length];
        double[] noise = new double[logits.Length];
        double along = 0;
        for (int c = 0; c < shares.Length; c++)
        {
            shares[c] = Math.Exp(logits[c] - sum);
            noise[c] = Math.Sqrt(shares[c]) * Normal(random);
            along += noise[c];
        }

        for (int c = 0; c < shares.Length; c++)
        {
            gradients[c] += (float)(noise[c] - (shares[c] * along));
        }
    }

    // Box and Muller, 1958.
    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
