using System.Runtime.InteropServices;
using EdgeRuntime.Bundles;
using EdgeRuntime.Images;
using ModelPacker.Correct;
using ModelPacker.Gradients;
using ModelPacker.Gradients.Losses;
using ModelPacker.Perforate;
using ModelPacker.Pipeline;

namespace ModelPacker.Tune;

/// <summary>Measures what stand-ins do to the answer, for all layers that can be perforated: see <see cref="StandInErrors"/>.</summary>
internal static class SensitivityEstimate
{
    // What the errors of all layers and pictures may occupy.
    private const long MostNumbers = 300L << 20;
    private const int FewestPictures = 24;
    private const int MostPictures = 768;
    private const int PicturesPerRun = 4;

    /// <summary>Errors by step.</summary>
    /// <param name="dense">Dense bundle.</param>
    /// <param name="grids">Grids of its maps.</param>
    /// <param name="steps">Steps that can be perforated.</param>
    /// <param name="spec">What the outputs mean.</param>
    /// <param name="samples">Pictures; as many as fit are used, spread evenly.</param>
    /// <param name="seed">Seed of the projections.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="progress">Hears how far the work is.</param>
    /// <param name="cancel">Stops it.</param>
    public static Dictionary<int, StandInErrors> Of(Bundle dense, (int Height, int Width)[] grids, IReadOnlyList<int> steps, InputSpec spec, IReadOnlyList<TuneSample> samples, int seed,
        int threads, IPackProgress progress, CancellationToken cancel)
    {
        long perPicture = steps.Sum(s => (long)grids[dense.Steps[s].Output].Height * grids[dense.Steps[s].Output].Width * StandInErrors.PerSite);
        IReadOnlyList<TuneSample> used = Spread.Evenly(samples, (int)Math.Clamp(MostNumbers / Math.Max(perPicture, 1), FewestPictures, MostPictures));
        Dictionary<int, int> stepOf = steps.ToDictionary(s => dense.Steps[s].Output);
        Dictionary<int, StandInErrors> errors = stepOf.Keys.ToDictionary(m => m, m => new StandInErrors(grids[m].Height, grids[m].Width, used.Count));
        bool classes = spec.Task == VisionTask.Classification && dense.Outputs.Length == 1;
        int start = 0;
        using GradientNetwork network = GradientNetwork.Create(dense, new GradientOptions());
        using GradientBatch batch = new(network, threads, PicturesPerRun, new RunOptions { KeepMaps = stepOf.Keys.ToHashSet(), MapObserver = Look });
        int elements = dense.Points[0].Rows[dense.Inputs[0].Map] * dense.Maps[dense.Inputs[0].Map].Channels;
        int done = 0;
        progress.Begin("sensitivity of the answer", used.Count);
        int together = PicturesPerRun * threads;
        float[] input = new float[together * elements];
        for (int first = 0; first < used.Count; first += together)
        {
            cancel.ThrowIfCancellationRequested();
            int count = Math.Min(together, used.Count - first);
            start = first;
            AnswerProjection projection = new(classes, seed, first);
            for (int i = 0; i < count; i++)
            {
                Read(dense.Maps[dense.Inputs[0].Map], used[first + i].Input, input.AsSpan(i * elements, elements));
            }

            batch.Forward(0, [input.AsMemory(0, count * elements)], count, (run, _) =>
            {
                projection.Evaluate(run, 1);
                run.Backward();
                progress.Advance(Interlocked.Add(ref done, run.Pictures));
            });
        }

        foreach (StandInErrors found in errors.Values)
        {
            found.Complete();
        }

        return errors.ToDictionary(e => stepOf[e.Key], e => e.Value);

        void Look(GradientRun run, int map)
        {
            if (!errors.TryGetValue(map, out StandInErrors? found))
            {
                return;
            }

            int channels = dense.Maps[map].Channels;
            int rows = dense.Points[0].Rows[map] * channels;
            for (int p = 0; p < run.Pictures; p++)
            {
                found.Add(start + run.FirstPicture + p, run.Map(map).Slice(p * rows, rows), run.MapGradient(map).Slice(p * rows, rows), channels);
            }
        }
    }

    private static void Read(Map map, byte[] bytes, Span<float> values)
    {
        if (map.Type == ElementType.F32)
        {
            MemoryMarshal.Cast<byte, float>(bytes).CopyTo(values);
            return;
        }

        for (int i = 0; i < values.Length; i++)
        {
            values[i] = ((sbyte)bytes[i] - map.ZeroPoint) * map.Scale;
        }
    }
}
