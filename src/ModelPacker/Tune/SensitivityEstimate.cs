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
    /// <exception cref="EdgeRuntime.EdgeRuntimeException">The network cannot be differentiated.</exception>
    public static Dictionary<int, StandInErrors> Of(Bundle dense, (int Height, int Width)[] grids, IReadOnlyList<int> steps, InputSpec spec, IReadOnlyList<TuneSample> samples, int seed,
        int threads, IPackProgress progress, CancellationToken cancel)
    {
        long perPicture = steps.Sum(s => (long)grids[dense.Steps[s].Output].Height * grids[dense.Steps[s].Output].Width * StandInErrors.PerSite);
        IReadOnlyList<TuneSample> used = Spread.Evenly(samples, (int)Math.Clamp(MostNumbers / Math.Max(perPicture, 1), FewestPictures, MostPictures));
        Dictionary<int, int> stepOf = steps.ToDictionary(s => dense.Steps[s].Output);
        Dictionary<int, StandInErrors> errors = stepOf.Keys.ToDictionary(m => m, m => new StandInErrors(grids[m].Height, grids[m].Width, used.Count));
        bool classes = spec.Task == VisionTask.Classification && dense.Outputs.Length == 1;
        int start = 0;
        progress.Begin("sensitivity of the answer", used.Count);
        SampleGradients.Run(dense, 0, used, new RunOptions { KeepMaps = errors.Keys.ToHashSet(), MapObserver = Look }, threads, (first, _) =>
        {
            start = first;
            return new AnswerProjection(classes, seed, first);
        },
        progress.Advance, cancel);
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
}
