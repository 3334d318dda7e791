using System.Runtime.ExceptionServices;
using ModelPacker.Gradients.Losses;

namespace ModelPacker.Gradients;

/// <summary>Spreads the pictures of a batch over threads. Each thread sees its pictures a few at a time, so memory does not depend on the size of the batch; sums are
/// added in a fixed order, so that results depend on the number of threads but never on timing.</summary>
/// <param name="network">The network; must outlive the batch.</param>
/// <param name="threads">Threads.</param>
/// <param name="picturesPerRun">Pictures that a thread works on at a time.</param>
/// <param name="options">What to keep and to watch; null: nothing.</param>
public sealed class GradientBatch(GradientNetwork network, int threads, int picturesPerRun, RunOptions? options = null) : IDisposable
{
    // Elements of all maps of a run.
    private const long RunElements = 3 << 19;

    // Normalising over fewer hurts (Wu and He, "Group Normalization", ECCV 2018).
    private const int NormalizedPictures = 16;

    private readonly GradientSums[] _sums = [.. Enumerable.Range(0, threads).Select(_ => new GradientSums(network))];
    private readonly Dictionary<int, GradientRun[]> _runs = [];

    /// <summary>How many pictures a thread best works on at a time: few enough for the caches, but so many that the weights are not moved more than the maps.</summary>
    /// <param name="network">The network.</param>
    /// <param name="pictures">Pictures of a batch.</param>
    /// <param name="threads">Threads.</param>
    public static int SuggestPicturesPerRun(GradientNetwork network, int pictures, int threads)
    {
        // What is normalised needs company, however many threads there are.
        int least = network.Options.Normalize ? Math.Min(NormalizedPictures, pictures) : 1;
        long elements = network.Bundle.Maps.Select((m, i) => (long)m.Channels * network.Bundle.Points[0].Rows[i]).Sum();
        long weights = network.Parameters.Sum(p => (long)p.Values.Length);
        return (int)Math.Clamp(Math.Max(RunElements, weights) / elements, least, Math.Max(least, (pictures + threads - 1) / threads));
    }

    /// <summary>Adds the gradient of a loss over a batch to <see cref="Parameter.Gradient"/>.</summary>
    /// <param name="point">Operating point.</param>
    /// <param name="inputs">Per input of the network: real numbers, [pictures, rows, channels].</param>
    /// <param name="pictures">Pictures of the batch.</param>
    /// <param name="loss">The loss.</param>
    /// <returns>The loss: the mean over the pictures.</returns>
    public double Accumulate(int point, IReadOnlyList<ReadOnlyMemory<float>> inputs, int pictures, ILoss loss)
    {
        double[] sums = new double[threads];
        Forward(point, inputs, pictures, (run, thread) =>
        {
            sums[thread] += loss.Evaluate(run, pictures);
            run.Backward();
        });
        GradientSums.Collect(_sums, point, threads);
        return sums.Sum() / pictures;
    }

    /// <summary>Runs a batch forward only.</summary>
    /// <param name="point">Operating point.</param>
    /// <param name="inputs">Per input of the network: real numbers, [pictures, rows, channels].</param>
    /// <param name="pictures">Pictures of the batch.</param>
    /// <param name="visit">Is shown every run after its forward pass, and the number of its thread; called by several threads at once.</param>
    public void Forward(int point, IReadOnlyList<ReadOnlyMemory<float>> inputs, int pictures, Action<GradientRun, int> visit)
    {
        GradientRun[] runs = RunsOf(point);
        network.Packed(point, threads);
        for (int i = 0; i < inputs.Count; i++)
        {
            long wanted = (long)pictures * (runs[0].Input(i).Length / runs[0].Capacity);
            if (inputs[i].Length != wanted)
            {
                throw new ArgumentException($"Input '{network.Bundle.Inputs[i].Name}' takes {wanted} values for {pictures} pictures, got {inputs[i].Length}.");
            }
        }

        int parts = (pictures + picturesPerRun - 1) / picturesPerRun;
        RunThreads(thread =>
        {
            GradientRun run = runs[thread];
            for (int part = thread; part < parts; part += threads)
            {
                // Parts of nearly equal size, so that no thread waits long for another.
                int first = (int)((long)part * pictures / parts);
                int count = (int)((long)(part + 1) * pictures / parts) - first;
                run.FirstPicture = first;
                for (int i = 0; i < inputs.Count; i++)
                {
                    int elements = run.Input(i).Length / run.Capacity;
                    inputs[i].Span.Slice(first * elements, count * elements).CopyTo(run.Input(i));
                }

                run.Forward(count);
                visit(run, thread);
            }
        });
    }

    /// <summary>Measures mean and deviation of all steps that are normalised, for the network that will run.</summary>
    /// <param name="point">Operating point.</param>
    /// <param name="batches">Batches: per input of the network real numbers, [pictures, rows, channels], and the pictures.</param>
    /// <remarks>Wu and Johnson, "Rethinking 'Batch' in BatchNorm", 2021: of the weights as they are, not along their way.</remarks>
    public void MeasureNormalization(int point, IEnumerable<(IReadOnlyList<ReadOnlyMemory<float>> Inputs, int Pictures)> batches)
    {
        Array.ForEach(_sums, s => s.ForgetNormalization());
        foreach ((IReadOnlyList<ReadOnlyMemory<float>> inputs, int pictures) in batches)
        {
            Forward(point, inputs, pictures, (_, _) => { });
        }

        GradientSums.CollectNormalization(_sums, point);
        Array.ForEach(_sums, s => s.ForgetNormalization());
    }

    /// <summary>Begins to normalise with weights that have learned already: measures the steps as if they were not normalised, and makes them answer as they did.</summary>
    /// <param name="point">Operating point.</param>
    /// <param name="batches">As for <see cref="MeasureNormalization"/>.</param>
    public void BeginNormalization(int point, IEnumerable<(IReadOnlyList<ReadOnlyMemory<float>> Inputs, int Pictures)> batches)
    {
        network.MeasuresOnly = true;
        try
        {
            MeasureNormalization(point, batches);
        }
        finally
        {
            network.MeasuresOnly = false;
        }

        foreach (StepParameters p in network.StepParameters.Values.Where(p => p.Gain is not null))
        {
            p.KeepAnswers();
        }

        network.ParametersChanged();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (GradientRun run in _runs.Values.SelectMany(r => r))
        {
            run.Dispose();
        }

        Array.ForEach(_sums, s => s.Dispose());
    }

    // An error of one thread is the caller's as it is.
    private void RunThreads(Action<int> work)
    {
        try
        {
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, work);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    private GradientRun[] RunsOf(int point)
    {
        if (!_runs.TryGetValue(point, out GradientRun[]? runs))
        {
            runs = [.. _sums.Select(s => new GradientRun(network, point, picturesPerRun, options ?? new RunOptions(), s))];
            _runs.Add(point, runs);
        }

        return runs;
    }
}
