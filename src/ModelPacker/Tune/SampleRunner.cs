using System.Runtime.InteropServices;
using EdgeRuntime;
using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using EdgeRuntime.Sessions;
using ModelPacker.Data;
using ModelPacker.Evaluate;

namespace ModelPacker.Tune;

/// <summary>Runs operating points over prepared pictures and says how good their answers are.</summary>
/// <param name="spec">What the outputs mean.</param>
/// <param name="labelled">Loss is the log-loss of the labels, else the distance from the dense answers.</param>
/// <param name="threads">Threads.</param>
/// <param name="cancel">Stops the work.</param>
internal sealed class SampleRunner(InputSpec spec, bool labelled, int threads, CancellationToken cancel)
{
    private readonly ParallelOptions _parallel = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancel };

    /// <summary>Prepares pictures.</summary>
    public TuneSample[] Prepare(Bundle dense, IReadOnlyList<LabelledPicture> pictures, Action<int> progress)
    {
        TuneSample[] samples = new TuneSample[pictures.Count];
        int done = 0;
        using EdgeModel model = EdgeModel.Load(dense);
        Workers(model, 0, samples.Length, (session, i) =>
        {
            new PictureInput(dense, spec).Feed(session, pictures[i].Read());
            byte[] input = Input(session).ToArray();
            session.Run();
            samples[i] = new TuneSample(pictures[i].Label, input, Outputs(session));
            progress(Interlocked.Increment(ref done));
        });
        return samples;
    }

    /// <summary>The same samples as a point that takes a smaller picture is fed.</summary>
    /// <param name="bundle">The network.</param>
    /// <param name="point">Operating point.</param>
    /// <param name="pictures">Pictures.</param>
    /// <param name="samples">What <see cref="Prepare"/> made of them.</param>
    /// <param name="own">Whether divergence is to be measured from this point's answers instead of the dense ones.</param>
    public TuneSample[] Feed(Bundle bundle, int point, IReadOnlyList<LabelledPicture> pictures, IReadOnlyList<TuneSample> samples, bool own = false)
    {
        TuneSample[] fed = new TuneSample[samples.Count];
        using EdgeModel model = EdgeModel.Load(bundle);
        Workers(model, point, fed.Length, (session, i) =>
        {
            // Of each picture's own: it keeps what it is working on.
            new PictureInput(bundle, spec).Feed(session, pictures[i].Read());
            byte[] input = Input(session).ToArray();
            fed[i] = samples[i] with { Input = input };
            if (own)
            {
                session.Run();
                fed[i] = fed[i] with { Own = Outputs(session) };
            }

        });
        return fed;
    }

    /// <summary>Fails where a label is none of the network's classes.</summary>
    /// <param name="samples">Prepared pictures.</param>
    /// <param name="pictures">The pictures.</param>
    /// <param name="spec">What the outputs mean.</param>
    /// <exception cref="EdgeRuntimeException">One is not (exit code 2).</exception>
    public static void CheckLabels(TuneSample[] samples, IReadOnlyList<LabelledPicture> pictures, InputSpec spec)
    {
        if (spec.Task == VisionTask.Classification && Array.FindIndex(samples, s => s.Label + spec.FirstClass >= s.Dense.Length) is var wrong and >= 0)
        {
            throw new EdgeRuntimeException($"'{pictures[wrong].Name}' has the label {samples[wrong].Label}, but the network has {samples[wrong].Dense.Length - spec.FirstClass} classes. "
                + "Give pictures and labels of this network's classes.", 2);
        }
    }

    /// <summary>Measures one point of a bundle.</summary>
    public PointQuality Measure(Bundle bundle, int point, IReadOnlyList<TuneSample> samples)
    {
        using EdgeModel model = EdgeModel.Load(bundle);
        return Measure(model, point, samples);
    }

    /// <summary>Measures one point of a loaded bundle.</summary>
    public PointQuality Measure(EdgeModel model, int point, IReadOnlyList<TuneSample> samples)
    {
        OutputDistance distance = OutputDistance.For(spec, model.Bundle.Outputs.Length);
        double[] losses = new double[samples.Count];
        double[] distances = new double[samples.Count];
        bool[] hits = new bool[samples.Count];
        Workers(model, point, losses.Length, (session, i) =>
        {
            samples[i].Input.CopyTo(Input(session));
            session.Run();
            float[] outputs = Outputs(session);
            ReadOnlySpan<float> scores = outputs.AsSpan(Math.Min(spec.FirstClass, outputs.Length));
            bool classifies = spec.Task == VisionTask.Classification;
            distances[i] = distance.Between(samples[i].Own ?? samples[i].Dense, outputs);
            losses[i] = labelled ? Evaluator.Loss(scores, samples[i].Label, spec.OutputIsLogits) : samples[i].Own is null ? distances[i] : distance.Between(samples[i].Dense, outputs);
            hits[i] = classifies && Evaluator.Best(scores) == (labelled ? samples[i].Label : Evaluator.Best(samples[i].Dense.AsSpan(spec.FirstClass)));
        });

        // Summed in order, so that the number of threads changes nothing.
        return new PointQuality(losses.Sum() / losses.Length, distances.Sum() / losses.Length, spec.Task == VisionTask.Classification ? 100.0 * hits.Count(h => h) / hits.Length : null, losses.Length);
    }

    private void Workers(EdgeModel model, int point, int count, Action<Session, int> work)
        => Parallel.For(0, count, _parallel, () =>
        {
            Session session = model.CreateSession();
            session.Point = point;
            return session;
        },
        (i, _, session) =>
        {
            work(session, i);
            return session;
        },
        session => session.Dispose());

    private static Span<byte> Input(Session session)
    {
        int map = session.Bundle.Inputs[0].Map;
        return session.Bundle.Maps[map].Type == ElementType.S8 ? session.MapRows<byte>(map) : MemoryMarshal.AsBytes(session.MapRows<float>(map));
    }

    private static float[] Outputs(Session session)
    {
        Port[] ports = session.Bundle.Outputs;
        int[] counts = [.. ports.Select(p => p.Dims.Aggregate(1, (a, d) => a * d))];
        float[] values = new float[counts.Sum()];
        int start = 0;
        for (int i = 0; i < ports.Length; i++)
        {
            session.GetOutput(i, values.AsSpan(start, counts[i]));
            start += counts[i];
        }

        return values;
    }
}
