using System.Diagnostics;
using System.Globalization;
using System.Numerics.Tensors;
using ModelPacker.Gradients;
using ModelPacker.Gradients.Losses;
using ModelPacker.Pipeline;

namespace ModelPacker.Finetune;

/// <summary>Trains the parameters of a network, epoch by epoch, and keeps those that are best on the pictures held back.</summary>
/// <param name="network">The network, with rounding.</param>
/// <param name="pictures">What to show.</param>
/// <param name="teacher">Gives the lessons; null: the labels do.</param>
/// <param name="labelled">Whether the labels teach, beside the teacher where there is one.</param>
/// <param name="options">Choices.</param>
/// <param name="weights">How much each of the points counts that are trained, in their order.</param>
/// <param name="judge">Loss and top-1 of the parameters as they are, on the pictures held back.</param>
/// <param name="progress">Hears how far the work is.</param>
/// <param name="cancel">Stops it; epochs that are done are in the checkpoint.</param>
internal sealed class Trainer(GradientNetwork network, TrainingPictures pictures, Teacher? teacher, bool labelled, FinetuneOptions options, double[] weights,
    Func<(double Loss, double? Top1)> judge, IPackProgress progress, CancellationToken cancel)
{
    // Weight of the newest batch in the running mean that divergence is seen in.
    private const double Newest = 0.05;

    // Epochs without a better one until the training ends: so many, and this share of all. Where a network that was trained before is trained on, the first, large steps make it worse, and the last, small ones better than it was.
    private const int Patience = 5;
    private const double PatientShare = 0.5;

    // Pictures that means and deviations are measured over where steps are normalised.
    private const int MeasuredPictures = 1024;

    private readonly Optimizer _optimizer = Optimizer.Of(network, options);
    private string _held = "";

    /// <summary>Trains.</summary>
    /// <param name="startLoss">Loss on the pictures held back before the training.</param>
    /// <param name="header">What the training depends on, for the checkpoint.</param>
    /// <returns>The state at the end, and why it ended early, or null. The network has the best parameters.</returns>
    public (TrainingState State, string? Stopped) Run(double startLoss, string header)
    {
        using GradientBatch batch = new(network, options.Threads, GradientBatch.SuggestPicturesPerRun(network, options.Batch, options.Threads));
        if (options is { Normalize: true, KeepAnswers: true })
        {
            batch.BeginNormalization(options.Points[0], Measured(1));
        }

        ParameterValues start = ParameterValues.Of(network);
        TrainingState state = new() { Current = start, Best = start, BestLoss = startLoss, Velocities = _optimizer.State };
        if (options is { Resume: true, Checkpoint: { } path } && File.Exists(path))
        {
            TrainingState read = Checkpoint.Load(path, header, state);
            read.Current.CopyTo(network);
            for (int i = 0; i < read.Velocities.Length; i++)
            {
                read.Velocities[i].CopyTo(_optimizer.State[i], 0);
            }

            state = new() { Epoch = read.Epoch, Current = read.Current, Best = read.Best, BestEpoch = read.BestEpoch, BestLoss = read.BestLoss, Velocities = _optimizer.State, History = read.History };
        }
        else if (options.Checkpoint is { } first)
        {
            // A place that cannot be written to is found now and not after an epoch.
            Checkpoint.Save(first, header, state);
        }

        // Beyond this the network has forgotten what it knew.
        double limit = (2 * startLoss) + 1;
        string? stopped = null;
        progress.Begin("fine-tune", options.Epochs * pictures.Batches);
        progress.Advance(state.Epoch * pictures.Batches);
        Stopwatch watch = Stopwatch.StartNew();
        int done = state.Epoch;
        int patience = Math.Max(Patience, (int)Math.Ceiling(PatientShare * options.Epochs));
        while (state.Epoch < options.Epochs && stopped is null)
        {
            if (state.Epoch - state.BestEpoch >= patience)
            {
                stopped = $"No epoch did better on the pictures held back than {Name(state.BestEpoch)}, so the training ended after {state.Epoch} of {options.Epochs} epochs.";
                break;
            }

            int epoch = state.Epoch + 1;
            (double loss, double? top1, bool finite) = Epoch(batch, epoch, limit);
            (double Loss, double? Top1) held = finite ? Judge(batch, epoch) : (double.NaN, null);
            if (!(held.Loss <= limit))
            {
                string what = finite ? string.Create(CultureInfo.InvariantCulture, $"the loss on the pictures held back rose from {startLoss:g3} to {held.Loss:g3}")
                    : double.IsFinite(loss) ? string.Create(CultureInfo.InvariantCulture, $"the loss rose to {loss:g3}") : "the loss or its gradient is no number any more";
                stopped = string.Create(CultureInfo.InvariantCulture, $"Training diverged in epoch {epoch} of {options.Epochs}: {what}. The best so far, {Name(state.BestEpoch)}, are kept. ")
                    + string.Create(CultureInfo.InvariantCulture, $"Try a smaller '--learning-rate' than {options.LearningRate:g3}.");
                break;
            }

            state.Epoch = epoch;
            state.Current = ParameterValues.Of(network);
            state.History.Add(new EpochFigures(epoch, loss, top1, held.Loss, held.Top1));
            if (held.Loss < state.BestLoss)
            {
                (state.Best, state.BestEpoch, state.BestLoss) = (state.Current, epoch, held.Loss);
            }

            if (options.Checkpoint is { } checkpoint)
            {
                Checkpoint.Save(checkpoint, header, state);
            }

            TimeSpan left = watch.Elapsed / (epoch - done) * (options.Epochs - epoch);
            _held = $"; held back: {Describe(held.Loss, held.Top1)}";
            progress.Status($"{Describe(epoch, loss, top1)}{_held}; {left:h\\:mm\\:ss} left", lasting: true);
        }

        state.Best.CopyTo(network);
        return (state, stopped);
    }

    private static string Name(int epoch) => epoch == 0 ? "the weights from before the training" : string.Create(CultureInfo.InvariantCulture, $"the weights of epoch {epoch}");

    private static string Describe(double loss, double? top1)
        => string.Create(CultureInfo.InvariantCulture, $"loss {loss:f4}") + (top1 is { } t ? string.Create(CultureInfo.InvariantCulture, $", top-1 {t:f1} %") : "");

    private string Describe(int epoch, double loss, double? top1) => string.Create(CultureInfo.InvariantCulture, $"epoch {epoch}/{options.Epochs}: {Describe(loss, top1)}");

    private (double Loss, double? Top1) Judge(GradientBatch batch, int epoch)
    {
        if (network.Options.Normalize)
        {
            // Weights beyond the reach of their units are cut off in training, and will not be in the network that runs.
            WeightUnits.Refresh(network);
            batch.MeasureNormalization(options.Points[0], Measured(epoch));
        }

        WeightUnits.Refresh(network);
        return judge();
    }

    // The first pictures of an epoch.
    private IEnumerable<(IReadOnlyList<ReadOnlyMemory<float>> Inputs, int Pictures)> Measured(int epoch)
        => pictures.Plan(epoch).Take((MeasuredPictures + options.Batch - 1) / options.Batch)
            .Select(b => ((IReadOnlyList<ReadOnlyMemory<float>>)[pictures.Input(b.Pictures, epoch, options.Points[0])], b.Pictures.Length));

    // Ends where the loss or a gradient is no number, or where the running mean of the loss is far beyond the limit.
    private (double Loss, double? Top1, bool Finite) Epoch(GradientBatch batch, int epoch, double limit)
    {
        double sum = 0;
        double running = double.NaN;
        int hits = 0;
        int seen = 0;
        bool counted = true;
        int done = (epoch - 1) * pictures.Batches;
        foreach ((IReadOnlyList<int> points, int[] chosen) in pictures.Plan(epoch))
        {
            cancel.ThrowIfCancellationRequested();
            (double value, int? right) = Accumulate(batch, points, chosen, epoch);
            running = double.IsNaN(running) ? value : running + (Newest * (value - running));
            if (!double.IsFinite(value) || !_optimizer.Step(Rate(done)))
            {
                return (double.NaN, null, false);
            }

            if (right is not null && running > 2 * limit)
            {
                return (running, null, false);
            }

            sum += value * chosen.Length;
            seen += chosen.Length * points.Count;
            hits += right ?? 0;
            counted &= right is not null;
            progress.Advance(++done);
            progress.Status(Describe(epoch, sum * points.Count / seen, counted ? 100.0 * hits / seen : null) + _held, lasting: false);
        }

        // The last step of the epoch may have gone too far.
        bool finite = network.Parameters.All(p => float.IsFinite(TensorPrimitives.MaxMagnitude<float>(p.Values)));
        return (finite ? sum / pictures.Count : double.NaN, counted ? 100.0 * hits / seen : null, finite);
    }

    // Half a cosine over the whole training (Loshchilov and Hutter, ICLR 2017), behind a straight rise.
    private float Rate(int done)
    {
        double all = (double)options.Epochs * pictures.Batches;
        double rise = options.WarmUp * all;
        return (float)(options.LearningRate * Math.Min(1, (done + 1) / Math.Max(rise, 1)) * 0.5 * (1 + Math.Cos(Math.PI * done / all)));
    }

    // Gradients of one batch: the mean over its points, as much as each counts. Gives the loss and how many answers were right, or null where no answer is.
    private (double Loss, int? Right) Accumulate(GradientBatch batch, IReadOnlyList<int> points, int[] chosen, int epoch)
    {
        network.ClearGradients();
        double sum = 0;
        int? right = 0;
        AnswerKeeper? dense = null;

        // Gradients are summed in place, so what is there already is brought to the unit of the point that comes next.
        float unit = 1;
        foreach (int point in points)
        {
            float weight = Weight(point);
            Scale(unit / weight);
            unit = weight;
            float[] input = pictures.Input(chosen, epoch, point);
            Lesson lesson = Lesson(input, chosen, epoch, point);
            ILoss taught = lesson.Loss;
            if (teacher is null && points.Count > 1)
            {
                if (point == 0)
                {
                    taught = dense = new AnswerKeeper(taught, chosen.Length);
                }
                else if (dense is not null)
                {
                    taught = new Divergence(dense.Beside(lesson.Classes!));
                }
            }

            CountingLoss loss = new(taught, lesson.Classes);
            sum += weight * batch.Accumulate(point, [input], chosen.Length, loss);
            right = lesson.Classes is null ? null : right + loss.Hits;
        }

        Scale(unit / points.Count);
        return (sum / points.Count, right);
    }

    private float Weight(int point) => (float)weights[options.Points.TakeWhile(p => p != point).Count()];

    private void Scale(float factor)
    {
        if (factor == 1)
        {
            return;
        }

        foreach (Parameter p in network.Parameters)
        {
            TensorPrimitives.Multiply(p.Gradient, factor, p.Gradient);
        }
    }

    private Lesson Lesson(float[] input, int[] chosen, int epoch, int point)
    {
        int[]? labels = labelled ? pictures.Labels(chosen) : null;
        return teacher is not null ? teacher.Teach(network.Bundle.Points[point].Input is null ? input : pictures.Input(chosen, epoch, 0), chosen.Length, labels)
            : new Lesson(new SoftmaxCrossEntropy(labels!), labels);
    }
}
