using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using ModelPacker.Data;
using ModelPacker.Emit;
using ModelPacker.Gradients;
using ModelPacker.Pipeline;
using ModelPacker.Tune;

namespace ModelPacker.Finetune;

/// <summary>Trains a bundle further, at one operating point or at several over their one set of weights.</summary>
/// <param name="bundle">The bundle; its constants stay in use as long as the result is.</param>
/// <param name="extras">Its sections for tools.</param>
/// <param name="spec">What its input and outputs mean.</param>
/// <param name="options">Choices.</param>
/// <param name="progress">Hears how far the work is.</param>
/// <param name="cancel">Stops it.</param>
public sealed class Finetuner(Bundle bundle, IReadOnlyList<BundleExtra> extras, InputSpec spec, FinetuneOptions options, IPackProgress progress, CancellationToken cancel)
{
    // Figures of layers beside the fp32 network, which has other weights now.
    private const string NoisePrefix = "sqnr:";

    /// <summary>Whose dense point teaches, beside the labels unless <see cref="FinetuneOptions.Distill"/>; null: the bundle's own, and only where labels do not.</summary>
    public Bundle? Teaches { get; init; }

    /// <summary>Fails where there are too few pictures.</summary>
    /// <param name="pictures">Their number.</param>
    /// <exception cref="EdgeRuntimeException">Too few (exit code 2).</exception>
    public static void Require(int pictures)
    {
        if (pictures < 2 * PictureSet.HeldBack)
        {
            throw new EdgeRuntimeException($"{pictures} pictures are too few to train with and hold some back. Give {2 * PictureSet.HeldBack} at the very least, better some thousands.", 2);
        }
    }

    /// <summary>Trains.</summary>
    /// <param name="pictures">Pictures, labelled or not.</param>
    /// <param name="header">What identifies bundle, pictures and options in a checkpoint.</param>
    /// <exception cref="EdgeRuntimeException">Too few pictures, several points to normalise for, labels or a teacher that do not fit, nothing to learn, a network without gradients, or a checkpoint that cannot be used.</exception>
    public FinetuneResult Run(IReadOnlyList<LabelledPicture> pictures, string header)
    {
        Require(pictures.Count);
        if (options is { Normalize: true, Points.Count: > 1 })
        {
            throw new EdgeRuntimeException($"'--batch-norm' trains one operating point, and '{bundle.Name}' has {options.Points.Count}: each has means and deviations of its own. Name one with '--point'.", 2);
        }

        bool classes = spec.Task == VisionTask.Classification && bundle.Outputs.Length == 1;
        bool labelled = classes && pictures.All(p => p.Label >= 0);
        bool distilled = options.Distill || !labelled;
        if (distilled && Teaches is null && options.Points is [0])
        {
            throw new EdgeRuntimeException("The dense point cannot learn its own answers. "
                + (labelled ? "Leave '--distill' out, or name another '--point'." : "Give pictures with labels (one sub-folder per class, or '--labels'), or name another '--point'."), 2);
        }

        CheckLabels(pictures, labelled);
        CheckTeacher();
        SampleRunner runner = new(spec, labelled, options.Threads, cancel);
        LabelledPicture[] kept = [.. pictures.Where((_, i) => PictureSet.IsHeldBack(i))];
        progress.Begin("prepare pictures", kept.Length);
        TuneSample[] dense = runner.Prepare(Teaches ?? bundle, kept, progress.Advance);
        dense = Teaches is null ? dense : runner.Feed(bundle, 0, kept, dense);
        TuneSample[][] held = [.. bundle.Points.Select((p, i) => p.Input is null ? dense : runner.Feed(bundle, i, kept, dense))];
        PointQuality[] before = Measure(runner, bundle, held);

        bool ownConstants = options.Points.Count > 1;
        using GradientNetwork network = GradientNetwork.Create(bundle, new GradientOptions { FakeQuantize = true, OwnConstants = ownConstants, Normalize = options.Normalize });
        using Teacher? teacher = distilled || Teaches is not null ? new Teacher(Teaches ?? bundle, classes, options.Batch, options.Threads) : null;
        TrainingPictures shown = new(bundle, spec, [.. pictures.Where((_, i) => !PictureSet.IsHeldBack(i))], options, cancel);
        double[] weights = distilled ? PointWeights.Of([.. options.Points.Select(p => before[p].Divergence)]) : [.. options.Points.Select(_ => 1.0)];
        Trainer trainer = new(network, shown, teacher, !distilled, options, weights, () => Judge(Measure(runner, TrainedBundle.Build(network, []), held), weights, distilled), progress, cancel);
        (TrainingState state, string? stopped) = trainer.Run(Judge(before, weights, distilled).Loss, header);

        progress.Begin("measure points", 0);
        Bundle trained = state.BestEpoch == 0 ? TrainedBundle.Unchanged(bundle, extras) : TrainedBundle.Build(network, extras);
        PointQuality[] after = Measure(runner, trained, held);
        Record(trained, after);
        return new FinetuneResult(trained, before, after, labelled, distilled, Teaches?.Name, state.History, state.BestEpoch, stopped);
    }

    private static PointQuality[] Measure(SampleRunner runner, Bundle bundle, TuneSample[][] held)
    {
        using EdgeModel model = EdgeModel.Load(bundle);
        return [.. Enumerable.Range(0, bundle.Points.Length).Select(p => runner.Measure(model, p, held[p]))];
    }

    private void CheckLabels(IReadOnlyList<LabelledPicture> pictures, bool labelled)
    {
        int classes = bundle.Outputs[0].Dims.Aggregate(1, (a, d) => a * d) - spec.FirstClass;
        if (labelled && pictures.FirstOrDefault(p => p.Label >= classes) is { } wrong)
        {
            throw new EdgeRuntimeException($"'{wrong.Name}' has the label {wrong.Label}, but the network has {classes} classes. Give pictures and labels of this network's classes.", 2);
        }
    }

    private void CheckTeacher()
    {
        if (Teaches is { } other && !(Same(bundle.Inputs, other.Inputs) && Same(bundle.Outputs, other.Outputs)))
        {
            throw new EdgeRuntimeException($"'--teacher' is '{other.Name}' with {Shapes(other)}, and '{bundle.Name}' has {Shapes(bundle)}. Give a network that takes the same pictures and answers with the same classes.", 2);
        }

        static bool Same(Port[] ours, Port[] theirs) => ours.Length == theirs.Length && ours.Zip(theirs).All(p => p.First.Dims.SequenceEqual(p.Second.Dims));
        static string Shapes(Bundle b) => $"inputs {string.Join(' ', b.Inputs.Select(Shape))} and outputs {string.Join(' ', b.Outputs.Select(Shape))}";
        static string Shape(Port port) => $"[{string.Join(", ", port.Dims)}]";
    }

    // Of the very constants that would be written.
    private (double Loss, double? Top1) Judge(PointQuality[] qualities, double[] weights, bool distilled)
    {
        PointQuality[] trained = [.. options.Points.Select(p => qualities[p])];
        return (trained.Zip(weights).Average(q => q.Second * (distilled ? q.First.Divergence : q.First.Loss)), trained.Average(q => q.Top1));
    }

    private static void Record(Bundle bundle, PointQuality[] qualities)
    {
        using EdgeModel model = EdgeModel.Load(bundle);
        PointMeasures.Record(model);
        for (int i = 0; i < bundle.Points.Length; i++)
        {
            OperatingPoint point = bundle.Points[i];
            foreach (string stale in point.Figures.Keys.Where(k => k.StartsWith(NoisePrefix, StringComparison.Ordinal)).ToArray())
            {
                point.Figures.Remove(stale);
            }

            point.Figures["loss"] = qualities[i].Loss;
            point.Figures["n"] = qualities[i].N;
            if (qualities[i].Top1 is { } top1)
            {
                point.Figures["top1"] = top1;
            }
        }
    }
}
