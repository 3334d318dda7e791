using ModelPacker.LowRank;

namespace ModelPacker.Tests.LowRank;

public class ChannelFactorsTests
{
    private const int Outputs = 12;
    private const int Depth = 20;
    private const int Samples = 4000;

    private readonly Random _random = new(5);

    [Fact]
    public void FullRankChangesNothing()
    {
        float[] weights = Weights(Outputs);
        float[] bias = [.. Enumerable.Range(0, Outputs).Select(n => n - 3.5f)];
        float[] inputs = Inputs();
        ChannelFactors factors = ChannelFactors.Fit(weights, bias, Answers(weights, inputs), Answers(weights, inputs), Outputs);
        float[] product = Product(factors, Outputs);
        Assert.All(weights.Zip(product), p => Assert.Equal(p.First, p.Second, 1e-5f));
        Assert.All(bias.Zip(factors.Bias), p => Assert.Equal(p.First, p.Second, 1e-4f));
    }

    [Fact]
    public void WhatHasThreeDirectionsFitsIntoThreeFilters()
    {
        float[] weights = Weights(3);
        float[] answers = Answers(weights, Inputs());
        ChannelFactors factors = ChannelFactors.Fit(weights, new float[Outputs], answers, answers, 3);
        Assert.Equal(3 * Depth, factors.Filters.Length);
        Assert.All(weights.Zip(Product(factors, 3)), p => Assert.Equal(p.First, p.Second, 1e-4f));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(9)]
    public void TheErrorIsTheDiscardedEnergy(int rank)
    {
        float[] weights = Weights(Outputs);
        float[] inputs = Inputs();
        float[] answers = Answers(weights, inputs);
        ChannelFactors factors = ChannelFactors.Fit(weights, new float[Outputs], answers, answers, rank);
        double discarded = ResponseMoments.Of(answers, answers, Outputs).Energies().Skip(rank).Sum();
        Assert.Equal(1, Error(factors, rank, inputs, answers) / discarded, 1e-3);
    }

    [Fact]
    public void AnErrorInTheInputsIsMadeUpFor()
    {
        // Inputs from a decomposed layer: some of their directions are weaker, and they are shifted.
        float[] weights = Weights(Outputs);
        float[] inputs = Inputs();
        float[] changed = [.. inputs.Select((x, i) => (x * (i % Depth < 10 ? 0.7f : 1)) + 0.3f)];
        float[] exact = Answers(weights, inputs);
        double symmetric = Error(ChannelFactors.Fit(weights, new float[Outputs], exact, exact, 8), 8, changed, exact);
        double asymmetric = Error(ChannelFactors.Fit(weights, new float[Outputs], exact, Answers(weights, changed), 8), 8, changed, exact);
        Assert.True(asymmetric < 0.8 * symmetric, $"{asymmetric} against {symmetric}");
    }

    [Fact]
    public void FiltersShareOneRange()
    {
        float[] weights = Weights(Outputs);
        float[] inputs = Inputs();
        float[] answers = Answers(weights, inputs);
        double[] energies = ResponseMoments.Of(answers, answers, Outputs).Energies();
        ChannelFactors factors = ChannelFactors.Fit(weights, new float[Outputs], answers, answers, 8);
        double[] variances = [.. Enumerable.Range(0, 8).Select(r => Variance(factors.Filters.AsSpan(r * Depth, Depth).ToArray(), inputs))];
        Assert.True(energies[0] / energies[7] > 20);
        Assert.True(variances.Max() / variances.Min() < 5, string.Join(" ", variances));
    }

    // [Outputs, Depth], of a given rank, whose directions weigh less and less.
    private float[] Weights(int rank)
    {
        float[] weights = new float[Outputs * Depth];
        for (int r = 0; r < rank; r++)
        {
            float[] left = [.. Enumerable.Range(0, Outputs).Select(_ => (_random.NextSingle() - 0.5f) * MathF.Pow(0.7f, r))];
            float[] right = [.. Enumerable.Range(0, Depth).Select(_ => _random.NextSingle() - 0.5f)];
            for (int i = 0; i < weights.Length; i++)
            {
                weights[i] += left[i / Depth] * right[i % Depth];
            }
        }

        return weights;
    }

    private float[] Inputs() => [.. Enumerable.Range(0, Samples * Depth).Select(_ => _random.NextSingle())];

    private static float[] Answers(float[] weights, float[] inputs)
    {
        float[] answers = new float[Samples * Outputs];
        for (int i = 0; i < answers.Length; i++)
        {
            for (int k = 0; k < Depth; k++)
            {
                answers[i] += weights[(i % Outputs * Depth) + k] * inputs[(i / Outputs * Depth) + k];
            }
        }

        return answers;
    }

    private static float[] Product(ChannelFactors factors, int rank)
    {
        float[] product = new float[Outputs * Depth];
        for (int i = 0; i < product.Length; i++)
        {
            for (int r = 0; r < rank; r++)
            {
                product[i] += factors.Spread[(i / Depth * rank) + r] * factors.Filters[(r * Depth) + (i % Depth)];
            }
        }

        return product;
    }

    private static double Error(ChannelFactors factors, int rank, float[] inputs, float[] exact)
        => Answers(Product(factors, rank), inputs).Select((a, i) => Math.Pow(a + factors.Bias[i % Outputs] - exact[i], 2)).Sum() / Samples;

    private static double Variance(float[] filter, float[] inputs)
    {
        double[] answers = [.. Enumerable.Range(0, Samples).Select(s => Enumerable.Range(0, Depth).Sum(k => (double)filter[k] * inputs[(s * Depth) + k]))];
        double mean = answers.Average();
        return answers.Sum(a => (a - mean) * (a - mean)) / Samples;
    }
}
