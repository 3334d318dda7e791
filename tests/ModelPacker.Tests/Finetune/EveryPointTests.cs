using EdgeRuntime.Bundles;
using ModelPacker.Data;
using ModelPacker.Finetune;
using ModelPacker.Gradients;
using ModelPacker.Gradients.Losses;
using ModelPacker.Pipeline;
using ModelPacker.Tests.Tune;

namespace ModelPacker.Tests.Finetune;

/// <summary>Trainings that show every batch at all points.</summary>
[Collection(TunedNetworkCollection.Name)]
public sealed class EveryPointTests(TunedNetwork tuned)
{
    private const int Pictures = 7;

    // The dense point agrees with its teacher at first and wants nothing, so the mean over both points is half of what the other one wants.
    [Fact]
    public void AStepIsTheMeanOverThePoints()
    {
        FinetuneOptions one = new() { Points = [1], Distill = true, WeightDecay = 0, MostNorm = 1e9f, Batch = 1000, Epochs = 1, LearningRate = 0.01f };
        float[][] alone = Moves(one);
        float[][] all = Moves(one with { Points = [0, 1], EveryPoint = true });
        float largest = alone.Max(m => m.Max(Math.Abs));
        Assert.True(largest > 1e-4f, $"{largest}");
        Assert.All(alone.Zip(all), p => Assert.All(p.First.Zip(p.Second), m => Assert.Equal(m.First / 2, m.Second, 1e-3f * largest)));
    }

    // The same, with points that do not count alike.
    [Fact]
    public void AStepCountsPointsByTheirWeights()
    {
        FinetuneOptions one = new() { Points = [1], Distill = true, WeightDecay = 0, MostNorm = 1e9f, Batch = 1000, Epochs = 1, LearningRate = 0.01f };
        float[][] alone = Moves(one);
        float largest = alone.Max(m => m.Max(Math.Abs));
        float[][] all = Moves(one with { Points = [0, 1], EveryPoint = true }, 0.4, 1.6);
        Assert.All(alone.Zip(all), p => Assert.All(p.First.Zip(p.Second), m => Assert.Equal(0.8f * m.First, m.Second, 1e-3f * largest)));
        all = Moves(one with { Points = [1, 0], EveryPoint = true }, 1.6, 0.4);
        Assert.All(alone.Zip(all), p => Assert.All(p.First.Zip(p.Second), m => Assert.Equal(0.8f * m.First, m.Second, 1e-3f * largest)));
    }

    [Fact]
    public void DistilledPointsCountByTheInverseOfTheirDistance()
    {
        double[] weights = PointWeights.Of([0, 0.02, 0.5]);
        Assert.Equal(1, weights.Average(), 1e-12);
        Assert.Equal(weights[1], weights[0], 1e-12);
        Assert.Equal(0.02 * weights[1], 0.5 * weights[2], 1e-12);
        Assert.Equal([1, 1], PointWeights.Of([0, 0]));
        Assert.Equal([1], PointWeights.Of([0.3]));
    }

    [Fact]
    public void PlansShowEveryBatchAtAllPoints()
    {
        using Bundle bundle = BundleReader.Open(tuned.Bundle);
        FinetuneOptions drawn = new() { Points = [0, 1], Batch = 16 };
        (IReadOnlyList<int> Points, int[] Pictures)[] some = Shown(bundle, drawn).Plan(3);
        (IReadOnlyList<int> Points, int[] Pictures)[] all = Shown(bundle, drawn with { EveryPoint = true }).Plan(3);
        Assert.All(some, b => Assert.Single(b.Points));
        Assert.Equal([0, 1], some.SelectMany(b => b.Points).Distinct().Order());
        Assert.All(all, b => Assert.Equal([0, 1], b.Points));
        Assert.Equal(some.Select(b => b.Pictures), all.Select(b => b.Pictures));
    }

    [Fact]
    public void KeptAnswersAreThoseOfTheNetworkAndChangeNothing()
    {
        using Bundle bundle = BundleReader.Open(tuned.Bundle);
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions());
        using GradientBatch batch = new(network, 2, 2);
        Random random = new(4);
        int elements = bundle.Points[0].Rows[bundle.Inputs[0].Map] * bundle.Maps[bundle.Inputs[0].Map].Channels;
        float[] input = [.. Enumerable.Range(0, Pictures * elements).Select(_ => random.NextSingle() - 0.5f)];
        int[] labels = [3, 1, 0, 2, 2, 1, 0];
        double plain = batch.Accumulate(0, [input], Pictures, new SoftmaxCrossEntropy(labels));
        float[] gradient = [.. network.Parameters[0].Gradient];
        network.ClearGradients();
        AnswerKeeper keeper = new(new SoftmaxCrossEntropy(labels), Pictures);
        Assert.Equal(plain, batch.Accumulate(0, [input], Pictures, keeper));
        Assert.Equal(gradient, network.Parameters[0].Gradient);

        float[] targets = keeper.Beside(labels);
        Assert.Equal(Pictures * 4, targets.Length);
        for (int p = 0; p < Pictures; p++)
        {
            float[] answer = [];
            batch.Forward(0, [input.AsMemory(p * elements, elements)], 1, (run, _) => answer = run.Logits(0).ToArray());
            double sum = answer.Sum(a => Math.Exp(a));
            for (int c = 0; c < answer.Length; c++)
            {
                Assert.Equal(((Math.Exp(answer[c]) / sum) + (c == labels[p] ? 1 : 0)) / 2, targets[(p * 4) + c], 1e-5);
            }
        }
    }

    private TrainingPictures Shown(Bundle bundle, FinetuneOptions options)
        => new(bundle, ModelFile.SpecOf(bundle, tuned.Bundle, null)!, PictureSet.Open(tuned.Pictures, null, 0, spread: true), options, CancellationToken.None);

    // What one epoch changes, by parameter.
    private float[][] Moves(FinetuneOptions options, params double[] weights)
    {
        using Bundle bundle = BundleReader.Open(tuned.Bundle);
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions { FakeQuantize = true });
        using Teacher teacher = new(bundle, classes: true, options.Batch, 1);
        float[][] before = ParameterValues.Of(network).Values;

        // Any loss below the one at the start keeps the parameters of the epoch.
        (TrainingState state, string? stopped) = new Trainer(network, Shown(bundle, options), teacher, teacher is null, options, weights.Length > 0 ? weights : [.. options.Points.Select(_ => 1.0)], () => (0, null), new Silent(), CancellationToken.None).Run(1, "");
        Assert.Null(stopped);
        Assert.Equal(1, state.BestEpoch);
        return [.. network.Parameters.Select((p, i) => p.Values.Select((v, k) => v - before[i][k]).ToArray())];
    }
}
