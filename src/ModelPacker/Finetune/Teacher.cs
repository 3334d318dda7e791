using EdgeRuntime.Bundles;
using ModelPacker.Evaluate;
using ModelPacker.Gradients;
using ModelPacker.Gradients.Losses;

namespace ModelPacker.Finetune;

/// <summary>A dense point that does not change, the bundle's own as it was before the training or another network's: its answers to the very pictures that are shown are what a student is to give (Hinton et al.,
/// "Distilling the Knowledge in a Neural Network", 2015).</summary>
internal sealed class Teacher : IDisposable
{
    private readonly GradientNetwork _network;
    private readonly GradientBatch _batch;
    private readonly bool _classes;

    /// <summary>Prepares it.</summary>
    /// <param name="bundle">The bundle before the training, or another one of the same inputs and outputs.</param>
    /// <param name="classes">Whether the network has one output of classes.</param>
    /// <param name="pictures">Pictures of a batch.</param>
    /// <param name="threads">Threads.</param>
    public Teacher(Bundle bundle, bool classes, int pictures, int threads)
    {
        _classes = classes;
        _network = GradientNetwork.Create(bundle, new GradientOptions { FakeQuantize = true });
        _batch = new GradientBatch(_network, threads, GradientBatch.SuggestPicturesPerRun(_network, pictures, threads));
    }

    /// <summary>The lesson of a batch.</summary>
    /// <param name="input">Its input.</param>
    /// <param name="pictures">Its pictures.</param>
    /// <param name="labels">Right class of every picture, where labels are to teach one half (of classes alone); else null.</param>
    public Lesson Teach(float[] input, int pictures, int[]? labels)
    {
        int[] maps = _classes ? [_network.LogitsMap(0)] : [.. _network.Bundle.Outputs.Select(o => o.Map)];
        int[] counts = [.. maps.Select(m => _network.Bundle.Points[0].Rows[m] * _network.Bundle.Maps[m].Channels)];
        float[][] answers = [.. counts.Select(c => new float[pictures * c])];
        _batch.Forward(0, [input], pictures, (run, _) =>
        {
            for (int o = 0; o < answers.Length; o++)
            {
                ReadOnlySpan<float> values = _classes ? run.Logits(0) : run.Output(o);
                values.CopyTo(answers[o].AsSpan(run.FirstPicture * counts[o]));
            }
        });
        if (!_classes)
        {
            return new Lesson(new RelativeSquaredError([.. answers.Select(a => (ReadOnlyMemory<float>)a)]), null);
        }

        if (labels is not null)
        {
            LogSoftmax.Shares(answers[0], counts[0], answers[0]);
            return new Lesson(new Divergence(AnswerKeeper.Beside(answers[0], labels)), labels);
        }

        int[] best = new int[pictures];
        for (int p = 0; p < pictures; p++)
        {
            best[p] = Evaluator.Best(answers[0].AsSpan(p * counts[0], counts[0]));
        }

        LogSoftmax.Shares(answers[0], counts[0], answers[0]);
        return new Lesson(new Divergence(answers[0]), best);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _batch.Dispose();
        _network.Dispose();
    }
}
