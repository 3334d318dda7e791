using EdgeRuntime.Bundles;
using ModelPacker.Gradients;
using ModelPacker.Gradients.Losses;

namespace ModelPacker.Tests.Gradients;

/// <summary>Compares gradients with differences of the loss along random directions.</summary>
internal static class GradientCheck
{
    private const int Pictures = 2;

    /// <summary>Fails unless the gradients of all parameters and inputs are those of the loss.</summary>
    /// <param name="bundle">Network; smooth, or with few corners.</param>
    /// <param name="point">Operating point.</param>
    /// <param name="seed">Seed of inputs and directions.</param>
    /// <param name="loss">The loss; null: a random projection.</param>
    /// <param name="corners">Whether steps must be short, because the loss has corners; then rounding disturbs more.</param>
    /// <param name="normalize">Whether steps are normalised.</param>
    public static void Run(Bundle bundle, int point, int seed, ILoss? loss = null, bool corners = false, bool normalize = false)
    {
        (float step, double tolerance) = corners ? (1.5e-4f, 0.04) : (2e-3f, 0.02);
        Random random = new(seed);
        loss ??= new Projection(seed);
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions { InputGradients = true, OwnConstants = true, Normalize = normalize });
        foreach (Parameter gain in network.Parameters.Where(p => p.Kind == ParameterKind.Gain))
        {
            // The directions of the networks that are tested cross no corner that matters with these.
            Random own = new(gain.Step + 1);
            for (int n = 0; n < gain.Values.Length; n++)
            {
                gain.Values[n] = 1 + own.NextSingle();
            }
        }

        using GradientRun run = network.CreateRun(point, Pictures);
        float[][] inputs = [.. bundle.Inputs.Select((_, i) => Fill(random, run.Input(i).Length))];
        Evaluate();
        run.Backward();
        run.CollectGradients();
        for (int i = 0; i < inputs.Length; i++)
        {
            Check($"input {i}", inputs[i], run.MapGradient(bundle.Inputs[i].Map).ToArray());
        }

        foreach (Parameter parameter in network.Parameters.Where(p => p.Kind != ParameterKind.Gain && (p.Point < 0 || p.Point == point)))
        {
            Check($"{parameter.Kind} of {parameter.Name}", parameter.Values, [.. parameter.Gradient]);
        }

        double Evaluate()
        {
            network.ParametersChanged();
            for (int i = 0; i < inputs.Length; i++)
            {
                inputs[i].CopyTo(run.Input(i));
            }

            run.Forward(Pictures);
            return loss.Evaluate(run, Pictures) / Pictures;
        }

        void Check(string what, float[] values, float[] gradient)
        {
            float[] kept = [.. values];
            double norm = Math.Sqrt(gradient.Sum(g => (double)g * g));
            for (int trial = 0; trial < 3; trial++)
            {
                // The first direction shows scale, the others show that every element is where it belongs.
                float[] direction = Array.ConvertAll(gradient, g => trial == 0 ? MathF.Sign(g) : random.Next(2) == 0 ? 1f : -1f);
                double expected = Along(kept, values, direction);
                double actual = gradient.Zip(direction, (g, d) => (double)g * d).Sum();
                Assert.True(Math.Abs(expected - actual) <= tolerance * Math.Max(norm, Math.Abs(actual)) + 1e-4,
                    $"{what}, direction {trial}: differences give {expected}, the gradient {actual} (norm {norm}, {gradient.Length} values)");
            }

            kept.CopyTo(values, 0);
        }

        double Along(float[] kept, float[] values, float[] direction)
        {
            double up = Moved(step);
            double down = Moved(-step);
            return (up - down) / (2 * step);

            double Moved(float by)
            {
                for (int i = 0; i < kept.Length; i++)
                {
                    values[i] = kept[i] + (by * direction[i]);
                }

                return Evaluate();
            }
        }
    }

    /// <summary>Numbers in ±1.</summary>
    public static float[] Fill(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
}
